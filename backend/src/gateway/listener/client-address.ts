import type { Socket } from 'node:net';

/** Whom a trusted proxy speaks for on its connections; empty without such proxies. */
const namedByProxy = new WeakMap<object, string>();

/**
 * The agent's address: as a trusted proxy named it, else as the connection has it; IPv4 that arrived on an IPv6 socket is
 * written as IPv4.
 */
export function clientAddressOf(socket: Pick<Socket, 'remoteAddress'>): string | null {
  return namedByProxy.get(socket) ?? peerAddressOf(socket);
}

/** Who is at the other end of the connection itself. */
export function peerAddressOf({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string | null {
  if (remoteAddress === undefined) return null;
  const mapped = remoteAddress.startsWith('::ffff:') && remoteAddress.includes('.');
  return mapped ? remoteAddress.slice('::ffff:'.length) : remoteAddress;
}

/** From now on the connection is that address's. */
export function believeClientAddress(socket: object, address: string): void {
  namedByProxy.set(socket, address);
}
