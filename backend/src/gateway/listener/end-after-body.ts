import type { IncomingMessage, ServerResponse } from 'node:http';

/** Milliseconds; as long as nginx lingers (lingering_time). */
const LONGEST_WAIT = 30_000;

/**
 * Ends an answer that was written whole once the agent has sent the rest of its body, which nobody wants, or has gone, or half
 * a minute later (or `bodyTimeout` milliseconds, if that is less), when the connection closes, since no other request can come
 * on it. An agent that asked for `Connection: close` (Python's urllib always does) would otherwise find the connection
 * closed while it writes, and never read the answer (RFC 9112, 9.6).
 */
export function endAfterBody(request: IncomingMessage, response: ServerResponse, bodyTimeout: number): void {
  if (request.complete) {
    response.end();
    return;
  }
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const close = (): void => {
    end();
    request.socket.destroySoon();
  };
  const timer = setTimeout(close, Math.min(LONGEST_WAIT, bodyTimeout)).unref();
  request.once('end', end).once('close', end).resume();
}
