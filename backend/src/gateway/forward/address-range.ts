import { ipOctets } from '../../authority/ip-octets.js';

/** A block of addresses of one family: those that share the first `bits` bits. */
export interface AddressRange {
  readonly octets: Uint8Array;
  readonly bits: number;
}

/** A block in CIDR notation, or the address alone when no length is given; undefined for what is neither. */
export function addressRange(text: string): AddressRange | undefined {
  const [address = '', length] = text.split('/', 2);
  const octets = address.includes('%') ? undefined : ipOctets(address);
  if (octets === undefined) return undefined;
  if (length === undefined) return text.includes('/') ? undefined : { octets, bits: octets.length * 8 };
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  return bits <= octets.length * 8 && text === `${address}/${length}` ? { octets, bits } : undefined;
}

export function contains(range: AddressRange, octets: Uint8Array): boolean {
  if (octets.length !== range.octets.length) return false;
  const whole = range.bits >> 3;
  for (let i = 0; i < whole; i += 1) if (octets[i] !== range.octets[i]) return false;
  const rest = range.bits & 7;
  return rest === 0 || ((octets[whole] ?? 0) ^ (range.octets[whole] ?? 0)) >> (8 - rest) === 0;
}

/** The first address of the block: its own text has other bits set when someone wrote `10.0.0.1/8`. */
export function firstOf(range: AddressRange): Uint8Array {
  return range.octets.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, range.bits - i * 8))));
}

export function sameAddress(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, i) => octet === other[i]);
}

/** An address as text: IPv6 in the canonical form of RFC 5952, without brackets. */
export function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  const hex = Buffer.from(octets)
    .toString('hex')
    .replaceAll(/(.{4})(?=.)/g, '$1:');
  return new URL(`http://[${hex}]`).hostname.slice(1, -1);
}

/** An IPv6 address as resolvers and sockets take it; anything else as it is. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
