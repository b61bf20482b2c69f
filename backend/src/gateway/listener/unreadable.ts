import type { Config } from '../../config/config.js';
import { Refusal } from '../refusal.js';

/** What Node's parser stumbled over, as a refusal. Its messages name the rule that was broken, never the bytes. */
export function unreadableRefusal(error: NodeJS.ErrnoException, limits: Config['gateway']): Refusal {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal(
        'headers_too_large',
        `The request's head is larger than ${limits.maxHeaderBytes} bytes, the most this gateway takes.`,
        { limit_bytes: limits.maxHeaderBytes },
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('request_timeout', `The request's head did not arrive within ${limits.headerTimeout} ms.`);
    case 'ERR_PROXY_HEADER':
      return new Refusal(
        'malformed_request',
        `Connections from this address begin with a PROXY protocol header (GATEWAY_TRUSTED_PROXIES); this one ${error.message}.`,
      );
    case undefined:
    default:
      return new Refusal(
        'malformed_request',
        `This is not a well-formed HTTP/1.1 request: ${error.message.replace(/^Parse Error: /, '')}.`,
      );
  }
}
