import type { ErrorBody, ErrorDetail } from '../../../libs/contracts/errors.js';
import { errorCode } from '../error-code.js';
import { type ExitReason, Failure } from '../failure.js';

const REASONS: Readonly<Record<number, Exclude<ExitReason, 'ok'>>> = {
  401: 'authentication',
  403: 'authentication',
  404: 'notFound',
  409: 'conflict',
  412: 'conflict',
};

/** What the control plane said no to, with the fields it complained about. */
export class ApiFailure extends Failure {
  constructor(
    readonly status: number,
    readonly code: ErrorBody['code'],
    body: ErrorBody,
  ) {
    super(body.error, REASONS[status] ?? 'error', [
      ...(body.details ?? []).flatMap((detail) => detailLine(detail, body.error)),
      ...(status === 401 ? ['Set ONECLI_API_KEY to an API key that the control plane knows.'] : []),
    ]);
    this.name = 'ApiFailure';
  }
}

/** A field and what is wrong with it, unless the sentence above has said just that. */
function detailLine({ path, message }: ErrorDetail, sentence: string): string[] {
  const bare = (words: string): string => words.toLowerCase().replace(/\.$/, '');
  if (bare(message) === bare(sentence)) return [];
  return [path === '' ? message : `${path}: ${message}`];
}

/** Reads an error answer; anything that is not ours says so with its status. */
export function apiFailure(url: URL, status: number, body: string): Failure {
  const parsed = parseErrorBody(body);
  if (parsed !== undefined) return new ApiFailure(status, parsed.code, parsed);
  return new Failure(
    `${url.origin} answered ${status} in a way that OneCLI does not. Is it the control plane's address?`,
  );
}

function parseErrorBody(body: string): ErrorBody | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || !('error' in value) || !('code' in value)) return undefined;
    return typeof value.error === 'string' && typeof value.code === 'string' ? (value as ErrorBody) : undefined;
  } catch {
    return undefined;
  }
}

const CONNECTION_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'the host is not reachable',
  ENETUNREACH: 'the network is not reachable',
};

/** The control plane could not be reached at all. */
export function unreachable(url: URL, error: unknown): Failure {
  const code = errorCode(error);
  const why = CONNECTION_REASONS[code] ?? (error instanceof Error && error.message !== '' ? error.message : code);
  return new Failure(`OneCLI does not answer at ${url.origin} (${why}). Is it running?`, 'error', [
    'Start it with npm start in its directory, or name another address with --url or ONECLI_URL.',
  ]);
}
