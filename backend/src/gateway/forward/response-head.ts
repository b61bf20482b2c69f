import { responseFields } from './hop-by-hop.js';

/** What of the agent's request decides how its answer is framed. */
export interface AskedBy {
  readonly method?: string | undefined;
  /** `1.0` or `1.1`. */
  readonly httpVersion: string;
}

/** Fields that a trailer section must not carry: they frame, route or authenticate a message (RFC 9110, 6.5.1). */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set([
  ...['content-length', 'transfer-encoding', 'trailer', 'host', 'connection', 'content-encoding', 'content-type'],
  ...['content-range', 'authorization', 'set-cookie', 'cache-control', 'location', 'www-authenticate'],
]);

/** HTAB, space, visible ASCII and obs-text (RFC 9112, 4). */
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The reason phrase for the wire. undici reads the upstream's bytes as UTF-8, Node writes Latin-1: this gives UTF-8 its bytes
 * back. What no status line may hold is left out.
 */
export function reasonPhrase(decoded: string | undefined): string {
  const bytes = Buffer.from(decoded ?? '', 'utf8').toString('latin1');
  return REASON.test(bytes) ? bytes : '';
}

/**
 * The fields of an answer as the agent gets them. `Trailer` stays only where trailers can follow, and 204 has no length
 * (RFC 9110, 8.6).
 * @param rawHeaders names and values in turn, as the upstream sent them
 */
export function answerFields(status: number, rawHeaders: readonly string[], asked: AskedBy): string[] {
  const fields = responseFields(rawHeaders);
  const hasLength = fields.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-length');
  const chunked =
    !hasLength && asked.method !== 'HEAD' && asked.httpVersion === '1.1' && status !== 204 && status !== 304;
  return without(fields, (name) => (name === 'trailer' && !chunked) || (name === 'content-length' && status === 204));
}

/** The trailers that are passed on. */
export function answerTrailers(rawTrailers: readonly string[]): string[] {
  return without(responseFields(rawTrailers), (name) => NOT_IN_TRAILERS.has(name));
}

function without(fields: string[], drops: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? '';
    if (!drops(name.toLowerCase())) kept.push(name, fields[at + 1] ?? '');
  }
  return kept.length === fields.length ? fields : kept;
}
