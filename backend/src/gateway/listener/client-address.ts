import type { Socket } from 'node:net';

/** The agent's address as the connection has it; IPv4 that arrived on an IPv6 socket is written as IPv4. */
export function clientAddressOf(socket: Pick<Socket, 'remoteAddress'>): string | null {
  const address = socket.remoteAddress;
  if (address === undefined) return null;
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
