/** A request as a strict reading of RFC 9112 finds it in a stream of bytes. Text is Latin-1: a character is a byte. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Names as sent, values without the white space around them. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  /** False when the stream ended, or stopped being HTTP, within the body. */
  readonly complete: boolean;
}

/** What a stream of requests holds. After a fault nothing of the stream can be told any more. */
export interface WireReading {
  readonly requests: readonly WireRequest[];
  /** Why the reading stopped before the end of the bytes. */
  readonly fault: string | undefined;
  /** The method of the request that the fault is in, if its first line could be read. */
  readonly faultMethod: string | undefined;
  /** Whether the fault is in a body, after a head that was in order. */
  readonly faultInBody: boolean;
  /** How many bytes make up complete requests. */
  readonly consumed: number;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/**
 * RFC 9112, 3: parts of a request line may be told apart by any number of spaces. RTSP and ICE are versions of HTTP to Node's parser,
 * which does not tell; what is forwarded of such a request is HTTP.
 */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) +([\x21-\x7e\x80-\xff]+) +(?:HTTP|RTSP|ICE)\/(1\.[01])$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const FIELD_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,8})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;

interface Body {
  readonly text: string;
  readonly end: number;
  readonly complete: boolean;
  readonly fault?: string;
}

/** Reads everything that is there, by the letter; written to be obvious, not fast. */
export function readRequests(text: string): WireReading {
  const requests: WireRequest[] = [];
  let at = 0;
  let consumed = 0;
  let faultMethod: string | undefined;
  let faultInBody = false;
  const done = (fault: string | undefined): WireReading => ({ requests, fault, faultMethod, faultInBody, consumed });
  try {
    for (;;) {
      // RFC 9112, 2.2: empty lines before a request line are ignored; Node ignores half ones, too, and passes none on.
      while (text[at] === '\r' || text[at] === '\n') at += 1;
      faultMethod = /^([A-Z]+) /.exec(text.slice(at, at + 40))?.[1];
      const head = readHead(text, at);
      if (head === undefined) return done(undefined);
      faultInBody = true;
      const body = readBody(text, head.end, head.fields, head.version);
      const { method, target, version, fields } = head;
      requests.push({ method, target, version, fields, body: body.text, complete: body.complete });
      if (!body.complete) return done(body.fault);
      faultInBody = false;
      at = body.end;
      consumed = at;
      if (method === 'CONNECT' || closes(fields, version) || asksForUpgrade(head)) {
        return done(at < text.length ? 'bytes after the last request' : undefined);
      }
    }
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    return done(error.message);
  }
}

/** All values of a field, by its name in lower case. */
export function valuesOf(fields: WireRequest['fields'], name: string): string[] {
  return fields.filter(([present]) => present.toLowerCase() === name).map(([, value]) => value);
}

class WireFault extends Error {}

type Head = Pick<WireRequest, 'method' | 'target' | 'version' | 'fields'> & { readonly end: number };

function readHead(text: string, start: number): Head | undefined {
  const end = text.indexOf('\r\n\r\n', start);
  const lines = text.slice(start, end < 0 ? text.length : end).split('\r\n');
  const [first = '', ...rest] = lines;
  if (end < 0) return undefined;
  const [, method, target, version] = REQUEST_LINE.exec(first) ?? [];
  if (method === undefined || target === undefined || version === undefined) throw new WireFault('request line');
  return { method, target, version, fields: rest.map(readField), end: end + 4 };
}

function readField(line: string): [string, string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  if (!TOKEN.test(name)) throw new WireFault('field name');
  const value = line.slice(colon + 1);
  if (!VALUE.test(value)) throw new WireFault('field value');
  return [name, value.replace(/^[ \t]+|[ \t]+$/g, '')];
}

function readBody(text: string, start: number, fields: WireRequest['fields'], version: string): Body {
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  const hosts = valuesOf(fields, 'host');
  if (hosts.length > 1 || (hosts.length === 0 && version === '1.1')) throw new WireFault('Host');
  if (lengths.length + codings.length > 1) throw new WireFault('framing twice');
  const [length] = lengths;
  const [coding] = codings;
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked' || version !== '1.1') throw new WireFault('transfer coding');
    return readChunks(text, start);
  }
  if (length !== undefined && !/^[0-9]{1,15}$/.test(length)) throw new WireFault('Content-Length');
  const end = start + Number(length ?? 0);
  return { text: text.slice(start, end), end, complete: end <= text.length };
}

function readChunks(text: string, start: number): Body {
  let at = start;
  let body = '';
  const stopped = (fault?: string): Body => ({
    text: body,
    end: at,
    complete: false,
    ...(fault === undefined ? {} : { fault }),
  });
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return stopped();
    const [, digits] = CHUNK_LINE.exec(text.slice(at, lineEnd)) ?? [];
    if (digits === undefined) return stopped('chunk size');
    const size = Number.parseInt(digits, 16);
    at = lineEnd + 2;
    if (size === 0) return readTrailers(text, at, body);
    body += text.slice(at, at + size);
    if (at + size + 2 > text.length) return stopped();
    if (!text.startsWith('\r\n', at + size)) return stopped('chunk end');
    at += size + 2;
  }
}

function readTrailers(text: string, start: number, body: string): Body {
  let at = start;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return { text: body, end: at, complete: false };
    if (lineEnd === at) return { text: body, end: at + 2, complete: true };
    const line = text.slice(at, lineEnd);
    // RFC 9110, 6.5.1: what frames a message is no trailer.
    const isField = FIELD_LINE.test(line) && !/^(?:content-length|transfer-encoding):/i.test(line);
    if (!isField) return { text: body, end: at, complete: false, fault: 'trailer' };
    at = lineEnd + 2;
  }
}

/** Behind such a request the gateway reads no other, whether it takes the upgrade up or not. */
function asksForUpgrade({ fields }: Head): boolean {
  const connection = valuesOf(fields, 'connection').flatMap((value) => value.toLowerCase().split(','));
  return connection.some((option) => option.trim() === 'upgrade') && valuesOf(fields, 'upgrade').length > 0;
}

function closes(fields: WireRequest['fields'], version: string): boolean {
  const options = valuesOf(fields, 'connection').flatMap((value) =>
    value.split(',').map((option) => option.trim().toLowerCase()),
  );
  return options.includes('close') || (version === '1.0' && !options.includes('keep-alive'));
}
