import { fieldKey } from '../../../../libs/patterns/injection.js';

/** Fields that are for one hop only (RFC 9110, 7.6.1), in both directions. */
const ONE_HOP = ['connection', 'keep-alive', 'te', 'transfer-encoding', 'upgrade'];

/**
 * Never forwarded: `Expect` is answered by the gateway, `HTTP2-Settings` belongs to an upgrade that is not passed on, and
 * `Trailer` announces what a forwarded request does not carry.
 */
const REQUEST_FIELDS: ReadonlySet<string> = new Set([...ONE_HOP, 'expect', 'http2-settings', 'trailer']);

/** `Trailer` stays: the trailers themselves are passed on. */
const RESPONSE_FIELDS: ReadonlySet<string> = new Set(ONE_HOP);

/**
 * Fields that `Connection` cannot remove, although it may name them: they are for the last recipient (RFC 9110, 7.6.1,
 * forbids naming such fields). Else an agent could have a credential or the framing of a message stripped on the way,
 * and an upstream a cookie or the type of an answer.
 */
const END_TO_END: ReadonlySet<string> = new Set([
  ...[
    'host',
    'authorization',
    'cookie',
    'content-length',
    'content-type',
    'content-encoding',
    'content-range',
    'range',
  ],
  ...[
    'set-cookie',
    'cache-control',
    'date',
    'etag',
    'location',
    'vary',
    'www-authenticate',
    'accept',
    'accept-encoding',
  ],
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'x-api-key', 'trailer'],
]);

/** Most fields are passed over by their length, without being lower-cased. */
const LENGTHS: ReadonlySet<number> = new Set([...REQUEST_FIELDS].map((name) => name.length));

const NOTHING_NAMED: ReadonlySet<string> = new Set();

/**
 * The fields of a request that go upstream: order, case and duplicates are kept. Runs before secrets are injected, so
 * that `Connection` cannot name an injected field. `TE: trailers` is passed on, as trailers are.
 * @param rawHeaders names and values in turn
 */
export function requestFields(rawHeaders: readonly string[]): string[] {
  const named = namedByConnection(rawHeaders);
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    if (name.length === 2 && name.toLowerCase() === 'te' && acceptsTrailers(value)) kept.push(name, 'trailers');
    else if (!isForOneHop(name, REQUEST_FIELDS, named)) kept.push(name, value);
  }
  return kept;
}

/**
 * The fields of a response that go downstream: order, case and duplicates are kept.
 * @param rawHeaders names and values in turn
 */
export function responseFields(rawHeaders: readonly string[]): string[] {
  const named = namedByConnection(rawHeaders);
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!isForOneHop(name, RESPONSE_FIELDS, named)) kept.push(name, rawHeaders[at + 1] ?? '');
  }
  return kept;
}

function isForOneHop(name: string, fields: ReadonlySet<string>, named: ReadonlySet<string>): boolean {
  if (named.size === 0 && !LENGTHS.has(name.length) && !mayBeginPrefix(name)) return false;
  const key = name.toLowerCase();
  return fields.has(key) || key.startsWith('proxy-') || key.startsWith('x-onecli-') || named.has(key);
}

/** Whether a name begins with the first letter of `proxy-` or `x-onecli-`. */
function mayBeginPrefix(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20;
  return first === 0x70 || first === 0x78;
}

function namedByConnection(rawHeaders: readonly string[]): ReadonlySet<string> {
  let named: Set<string> | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const option of (rawHeaders[at + 1] ?? '').toLowerCase().split(',')) {
      const key = option.trim();
      if (key !== '' && !ONE_HOP.includes(key) && key !== 'close' && !END_TO_END.has(fieldKey(key)))
        (named ??= new Set()).add(key);
    }
  }
  return named ?? NOTHING_NAMED;
}

/** `trailers`, with or without transfer codings beside it (RFC 9110, 10.1.4). */
function acceptsTrailers(value: string): boolean {
  return value
    .toLowerCase()
    .split(',')
    .some((part) => part.split(';', 1)[0]?.trim() === 'trailers');
}
