/** Exit codes that scripts may rely on. */
export const EXIT_CODES = { ok: 0, error: 1, authentication: 2, notFound: 3, conflict: 4 } as const;
export type ExitReason = keyof typeof EXIT_CODES;

/** Something a person can act on: rendered as its message, never with a stack. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly reason: Exclude<ExitReason, 'ok'> = 'error',
    /** Further lines below the message: fields that were wrong, a command to try. */
    readonly details: readonly string[] = [],
    /** An exit code of its own, where a convention asks for one: 126, 127, 130. */
    readonly exitCode: number = EXIT_CODES[reason],
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** The command was written wrongly; the help of that command follows as a hint. */
export class UsageError extends Failure {
  constructor(message: string, details: readonly string[] = []) {
    super(message, 'error', details);
    this.name = 'UsageError';
  }
}
