import { ConfigError } from '../config/config.js';

/** A port or address that could not be listened on, with the variable that changes it. */
export class ListenError extends Error {
  constructor(cause: NodeJS.ErrnoException, wanted: { host: string; port: number }, variables: 'ADMIN' | 'GATEWAY') {
    super(listenSentence(cause.code ?? cause.message, wanted, variables), { cause });
    this.name = 'ListenError';
  }
}

function listenSentence(code: string, { host, port }: { host: string; port: number }, variables: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is used by another program; stop that one, or set ${variables}_PORT to a free port`;
    case 'EACCES':
      return `this user may not listen on port ${port}; set ${variables}_PORT to one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address ${host}; set ${variables}_HOST to one that it has`;
    default:
      return `port ${port} of ${host} cannot be listened on (${code}); see ${variables}_HOST and ${variables}_PORT`;
  }
}

/** What kept the program from starting, one sentence per problem; with `showStack` where it came from instead. */
export function explainFailure(error: unknown, showStack: boolean): string[] {
  if (showStack) return [stackOf(error)];
  return error instanceof ConfigError ? [...error.problems] : [message(error)];
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
