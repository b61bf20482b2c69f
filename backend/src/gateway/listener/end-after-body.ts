import type { IncomingMessage, ServerResponse } from 'node:http';

/** Milliseconds; as long as nginx lingers (lingering_time). */
const LONGEST_WAIT = 30_000;

/**
 * Ends an answer that was written whole once the agent has sent the rest of its body, which nobody wants, or has gone, or half
 * a minute later. An agent that asked for `Connection: close` (Python's urllib always does) would otherwise find the connection
 * closed while it writes, and never read the answer (RFC 9112, 9.6).
 */
export function endAfterBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) {
    response.end();
    return;
  }
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LONGEST_WAIT).unref();
  request.once('end', end).once('close', end).resume();
}
