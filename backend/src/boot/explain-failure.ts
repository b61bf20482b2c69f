import { ConfigError } from '../config/config.js';

/** A port or address that could not be listened on, with the variable that changes it. */
export class ListenError extends Error {
  constructor(cause: NodeJS.ErrnoException, host: string, port: number, variables: { host: string; port: string }) {
    super(listenSentence(cause.code ?? cause.message, host, port, variables), { cause });
    this.name = 'ListenError';
  }
}

function listenSentence(code: string, host: string, port: number, variables: { host: string; port: string }): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is used by another program; stop that one, or set ${variables.port} to a free port`;
    case 'EACCES':
      return `this user may not listen on port ${port}; set ${variables.port} to one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address ${host}; set ${variables.host} to one that it has`;
    default:
      return `port ${port} of ${host} cannot be listened on (${code}); see ${variables.host} and ${variables.port}`;
  }
}

/** What kept the program from starting, one sentence per problem; with `showStack` also where it came from. */
export function explainFailure(error: unknown, showStack: boolean): string[] {
  const sentences = error instanceof ConfigError ? [...error.problems] : [message(error)];
  return showStack ? [...sentences, stackOf(error)] : sentences;
}

function message(error: unknown): string {
  // A refused connection to a name with several addresses has its sentences inside.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(message).join('; ');
  return error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.stack ?? '') : `${error.stack ?? ''}\ncaused by ${stackOf(error.cause)}`;
}
