import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config/config.js';
import { Refusal } from '../refusal.js';
import { requestFieldsFault } from './request-fields.js';

/** RFC 9110, 9.3.8; TRACK is its undocumented twin. Both echo a request, credentials included, to whoever asks. */
const ECHOING = new Set(['TRACE', 'TRACK']);

/** Limits and framing of a head that Node's parser let pass. Throws the {@link Refusal}. */
export function checkRequestHead(request: IncomingMessage, limits: Config['gateway']): void {
  const { rawHeaders, url = '', method = '' } = request;
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0') {
    throw new Refusal('malformed_request', 'This gateway speaks HTTP/1.1 and HTTP/1.0.');
  }
  if (url.length > limits.maxTargetBytes) {
    throw new Refusal(
      'headers_too_large',
      `The request target is longer than ${limits.maxTargetBytes} bytes, the most this gateway takes.`,
      { limit_bytes: limits.maxTargetBytes },
    );
  }
  if (rawHeaders.length / 2 > limits.maxHeaderFields) {
    throw new Refusal(
      'headers_too_large',
      `The request has more than ${limits.maxHeaderFields} fields, the most this gateway takes.`,
      { limit_fields: limits.maxHeaderFields },
    );
  }
  const fault = requestFieldsFault(rawHeaders, request.httpVersion);
  if (fault !== undefined) throw new Refusal(fault.code, fault.message);
  if (ECHOING.has(method.toUpperCase())) {
    throw new Refusal('method_refused', `${method} echoes credentials and is not passed on.`);
  }
  if (request.headers.expect !== undefined && request.headers.expect.toLowerCase() !== '100-continue') {
    throw new Refusal('malformed_request', 'The only expectation that is understood is 100-continue.');
  }
}
