import { isIPv4, isIPv6 } from 'node:net';
import { ipOctets } from '../../authority/ip-octets.js';
import { addressText } from '../forward/address-range.js';

/**
 * What the first bytes of a proxied connection say (HAProxy's proxy-protocol.txt, versions 1 and 2).
 * `length`: how many bytes the header took; what follows is the agent's own. `address`: where the agent connected from, IPv4
 * inside IPv6 written as IPv4; undefined when the header names nobody (a health check, an address family without IP) and the
 * connection's own address stands.
 */
export type ProxyHeader =
  | { readonly kind: 'header'; readonly length: number; readonly address: string | undefined }
  | { readonly kind: 'incomplete' }
  /** `why`: the rest of a sentence; nothing that was sent is quoted in it. */
  | { readonly kind: 'malformed'; readonly why: string };

/** "PROXY", two addresses and two ports of the longest spelling, CR LF (section 2.1). */
const LONGEST_TEXT = 107;
/** Addresses and whatever the proxy adds about itself and its TLS; the longest that is in use is well below. */
const LONGEST_BLOCK = 4096;

const TEXT_START = Buffer.from('PROXY ', 'latin1');
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_PART = 16;
const PORT = /^(0|[1-9][0-9]{0,4})$/;
const IPV6_TEXT = /^[0-9A-Fa-f:.]{2,45}$/;

const INCOMPLETE: ProxyHeader = { kind: 'incomplete' };

/** Reads the header from everything that has come so far. A connection that begins otherwise is malformed at its first byte. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsLike(bytes, TEXT_START)) return readText(bytes);
  if (startsLike(bytes, SIGNATURE)) return readBinary(bytes);
  return malformed('does not begin with a PROXY protocol header');
}

/** Whether the bytes begin as `start` does, as far as they go. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function readText(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, LONGEST_TEXT).indexOf('\r\n');
  if (end < 0) return bytes.length < LONGEST_TEXT ? INCOMPLETE : malformed('has a PROXY line that does not end');
  const [, family, ...rest] = bytes.toString('latin1', 0, end).split(' ');
  // Section 2.1: whatever follows UNKNOWN is ignored.
  if (family === 'UNKNOWN') return { kind: 'header', length: end + 2, address: undefined };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIPv6 : undefined;
  if (isAddress === undefined) return malformed('has a PROXY line of an unknown protocol');
  const [source = '', destination = '', sourcePort = '', destinationPort = '', ...more] = rest;
  const sound = isAddress(source) && isAddress(destination) && isPort(sourcePort) && isPort(destinationPort);
  const octets = sound && more.length === 0 ? ipOctets(source) : undefined;
  if (octets === undefined) return malformed('has a PROXY line whose addresses or ports cannot be read');
  return { kind: 'header', length: end + 2, address: plainAddress(octets) };
}

function isPlainIPv6(text: string): boolean {
  return IPV6_TEXT.test(text) && isIPv6(text);
}

function isPort(text: string): boolean {
  return PORT.test(text) && Number(text) <= 65_535;
}

/** Section 2.2: signature, version and command, family and transport, length, addresses, extensions. */
function readBinary(bytes: Buffer): ProxyHeader {
  const command = bytes[12];
  if (command !== undefined && command !== 0x20 && command !== 0x21) {
    return malformed('has a PROXY header of an unknown version or command');
  }
  if (bytes.length < FIXED_PART) return INCOMPLETE;
  const block = bytes.readUInt16BE(14);
  if (block > LONGEST_BLOCK) return malformed('has a PROXY header that is too long');
  const length = FIXED_PART + block;
  // LOCAL: the proxy speaks for itself (a health check), and its block is skipped unread.
  const size = command === 0x20 ? 0 : addressSize(bytes[13] ?? 0xff);
  if (size === undefined) return malformed('has a PROXY header of an unknown protocol');
  if (block < size * 2 + (size === 0 ? 0 : 4)) return malformed('has a PROXY header too short for its addresses');
  if (bytes.length < length) return INCOMPLETE;
  const address = size === 0 ? undefined : plainAddress(bytes.subarray(FIXED_PART, FIXED_PART + size));
  return { kind: 'header', length, address };
}

/** Octets of an address of the family; 0 for those that name no IP address; undefined for what cannot be on this connection. */
function addressSize(familyAndTransport: number): number | undefined {
  switch (familyAndTransport) {
    case 0x11:
      return 4;
    case 0x21:
      return 16;
    case 0x00:
    case 0x31:
      return 0;
    default:
      return undefined;
  }
}

/** IPv4 that came in the clothes of IPv6 (RFC 4291, 2.5.5.2) is one client, not two. */
function plainAddress(octets: Uint8Array): string {
  const mapped = octets.length === 16 && octets.subarray(0, 12).every((octet, i) => octet === (i < 10 ? 0 : 0xff));
  return addressText(mapped ? octets.subarray(12) : octets);
}

function malformed(why: string): ProxyHeader {
  return { kind: 'malformed', why };
}
