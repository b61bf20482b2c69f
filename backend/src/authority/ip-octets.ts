import { isIPv4, isIPv6 } from 'node:net';

/**
 * The 4 or 16 bytes of an IP address in network order, undefined for anything else. IPv4 only in dotted-decimal form, IPv6 in
 * any form of RFC 4291 section 2.2, with or without brackets; a zone id is dropped, for it means something on one machine only.
 */
export function ipOctets(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return isIPv6(bare) ? ipv6Octets(bare.split('%', 1)[0] ?? '') : undefined;
}

function ipv6Octets(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const octets = new Uint8Array(16);
  octets.set(before);
  octets.set(after, 16 - after.length);
  return octets;
}

/** The bytes of colon-separated groups, of which the last may be an IPv4 address. */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
