import type { IncomingMessage } from 'node:http';

/**
 * Whether a request that has `Connection: upgrade` and an `Upgrade` field (Node looks at both) asks for a WebSocket (RFC 6455,
 * 4.1). Any other upgrade is not taken up (RFC 9110, 7.8, leaves that to the server), and the request is an ordinary one; so is
 * one with a body, which no handshake has.
 */
export function asksForWebSocket(request: Pick<IncomingMessage, 'method' | 'httpVersion' | 'headers'>): boolean {
  const { method, httpVersion, headers } = request;
  if (method !== 'GET' || httpVersion !== '1.1') return false;
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') return false;
  return namesWebSocket(headers.upgrade);
}

/** Whether an `Upgrade` field lists `websocket`, in whichever letter case. */
export function namesWebSocket(upgrade: string | string[] | undefined): boolean {
  return String(upgrade ?? '')
    .split(',')
    .some((protocol) => protocol.trim().toLowerCase() === 'websocket');
}
