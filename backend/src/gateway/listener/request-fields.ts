/** What is wrong with a request head that Node's parser let pass; the connection closes after it. */
export interface FieldsRefusal {
  readonly code: 'malformed_request';
  /** One sentence; no field value is quoted in it. */
  readonly message: string;
}

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex -- finding control bytes is the point; HTAB is allowed (RFC 9110, 5.5)
const BAD_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/;
const DIGITS = /^[0-9]{1,16}$/;

interface Framing {
  hosts: number;
  contentLengths: number;
  transferEncodings: number;
}

/**
 * Checks the fields that frame and route a request (RFC 9112, 6.3 and 3.2), so that no upstream can read another
 * message than the one that was decided. Undefined when they are sound.
 * @param rawHeaders names and values in turn, as `IncomingMessage.rawHeaders`
 * @param httpVersion as `IncomingMessage.httpVersion`
 */
export function requestFieldsFault(rawHeaders: readonly string[], httpVersion: string): FieldsRefusal | undefined {
  const framing: Framing = { hosts: 0, contentLengths: 0, transferEncodings: 0 };
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const fault = fieldFault(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '', framing);
    if (fault !== undefined) return refusal(fault);
  }
  const fault = framingFault(framing, httpVersion);
  return fault === undefined ? undefined : refusal(fault);
}

function fieldFault(name: string, value: string, framing: Framing): string | undefined {
  if (!FIELD_NAME.test(name)) return 'A field name has a character in it that names cannot have.';
  if (BAD_VALUE.test(value)) return 'A field value has a control character in it.';
  switch (name.length) {
    case 4:
      if (name.toLowerCase() === 'host') framing.hosts += 1;
      return undefined;
    case 14:
      return contentLengthFault(name.toLowerCase(), value, framing);
    case 17:
      return transferEncodingFault(name.toLowerCase(), value, framing);
    default:
      return undefined;
  }
}

/** CGI-like servers read an underscore as a hyphen: a second framing field in disguise. */
function contentLengthFault(name: string, value: string, framing: Framing): string | undefined {
  if (name === 'content_length') return 'Content-Length is written with a hyphen.';
  if (name !== 'content-length') return undefined;
  framing.contentLengths += 1;
  const sound = DIGITS.test(value) && Number.isSafeInteger(Number(value));
  return sound ? undefined : 'Content-Length is one decimal number.';
}

function transferEncodingFault(name: string, value: string, framing: Framing): string | undefined {
  if (name === 'transfer_encoding') return 'Transfer-Encoding is written with a hyphen.';
  if (name !== 'transfer-encoding') return undefined;
  framing.transferEncodings += 1;
  return value.toLowerCase() === 'chunked' ? undefined : 'The only transfer coding that is understood is chunked.';
}

function framingFault(framing: Framing, httpVersion: string): string | undefined {
  if (framing.hosts > 1) return 'The request has more than one Host field.';
  if (framing.hosts === 0 && httpVersion === '1.1') return 'The request has no Host field.';
  if (framing.contentLengths > 1) return 'The request has more than one Content-Length field.';
  if (framing.transferEncodings > 1) return 'The request has more than one Transfer-Encoding field.';
  if (framing.transferEncodings > 0 && framing.contentLengths > 0) {
    return 'The request has both a Content-Length and a Transfer-Encoding field.';
  }
  // RFC 9112, 6.1: a transfer coding in HTTP/1.0 is faulty framing.
  if (framing.transferEncodings > 0 && httpVersion !== '1.1') return 'HTTP/1.0 has no Transfer-Encoding.';
  return undefined;
}

function refusal(message: string): FieldsRefusal {
  return { code: 'malformed_request', message };
}
