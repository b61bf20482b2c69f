import { addressRange, contains, type AddressRange } from './address-range.js';

/** What an address is for. Only `public` ones are upstreams without anybody's say. */
export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'shared'
  | 'metadata'
  | 'unspecified'
  | 'multicast'
  | 'broadcast'
  | 'reserved';

/** How a sentence calls an address of the class. */
export const CLASS_WORDS: Readonly<Record<AddressClass, string>> = {
  public: 'a public address',
  loopback: 'a loopback address',
  private: 'a private address',
  'link-local': 'a link-local address',
  shared: "a carrier's shared address",
  metadata: 'the address of a cloud metadata service',
  unspecified: 'an unspecified address',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  reserved: 'a reserved address',
};

type Table = readonly (readonly [AddressRange, AddressClass])[];

/** In order: the first block that contains an address says what it is. */
function table(classes: readonly (readonly [AddressClass, ...string[]])[]): Table {
  return classes.flatMap(([addressClass, ...blocks]) =>
    blocks.map((block) => {
      const range = addressRange(block);
      if (range === undefined) throw new TypeError(`${block} is no block of addresses`);
      return [range, addressClass] as const;
    }),
  );
}

/** The IANA special-purpose registry (RFC 6890 and successors) and the clouds' own; the rest is public. */
const IPV4 = table([
  // AWS, Google, Azure, Oracle and others; AWS task and pod credentials; Tencent; Alibaba; Azure's wire server; Oracle.
  [
    'metadata',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '169.254.0.23',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ],
  ['unspecified', '0.0.0.0/8'],
  ['loopback', '127.0.0.0/8'],
  ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  ['shared', '100.64.0.0/10'],
  ['link-local', '169.254.0.0/16'],
  ['multicast', '224.0.0.0/4'],
  ['broadcast', '255.255.255.255'],
  // Protocol assignments, documentation, the old 6to4 relays, benchmarking, the future.
  [
    'reserved',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '192.88.99.0/24',
    '198.18.0.0/15',
    '240.0.0.0/4',
  ],
]);

/** The other way about: what is not named as public here is reserved, for IPv6 has seven eighths of its space unassigned. */
const IPV6 = table([
  // AWS (instance and pod credentials), Google.
  ['metadata', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['private', 'fc00::/7', 'fec0::/10'],
  ['link-local', 'fe80::/10'],
  ['multicast', 'ff00::/8'],
  // Those that carry an IPv4 address are as public as what they carry (see meanings); these are Teredo, 6to4 and NAT64.
  ['public', '2001::/32', '2002::/16', '64:ff9b::/96'],
  // Protocol assignments, documentation.
  ['reserved', '2001::/23', '2001:db8::/32', '3fff::/20'],
  ['public', '2000::/3'],
  ['reserved', '::/0'],
]);

/** Whether the owner of the deployment may open a class at all: nobody serves HTTP on the others, but for 0.0.0.0, which is here. */
export function mayBeAllowed(addressClass: AddressClass): boolean {
  return addressClass !== 'unspecified' && addressClass !== 'multicast' && addressClass !== 'broadcast';
}

/** What an address is for by itself, whatever it carries. */
export function classOf(octets: Uint8Array): AddressClass {
  const found = (octets.length === 4 ? IPV4 : IPV6).find(([range]) => contains(range, octets));
  return found?.[1] ?? 'public';
}

/**
 * The addresses at which a packet to this one may end: itself, and each IPv4 address that it carries. A mapped address
 * (`::ffff:0:0/96`) is the IPv4 address and nothing else: the operating system connects over IPv4.
 */
export function meanings(octets: Uint8Array): readonly [Uint8Array, ...Uint8Array[]] {
  if (octets.length === 4) return [octets];
  if (startsWith(octets, 0, MAPPED)) return [octets.subarray(12)];
  return [octets, ...carried(octets)];
}

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const NAT64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
const SIX_TO_FOUR = [0x20, 0x02];
const TEREDO = [0x20, 0x01, 0, 0];

/** RFC 6052 (NAT64), 3056 (6to4), 4380 (Teredo: the server's, and the client's with its bits inverted), 5214 (ISATAP). */
function carried(octets: Uint8Array): Uint8Array[] {
  if (startsWith(octets, 0, NAT64)) return [octets.subarray(12)];
  if (startsWith(octets, 0, SIX_TO_FOUR)) return [octets.subarray(2, 6)];
  if (startsWith(octets, 0, TEREDO)) return [octets.subarray(4, 8), octets.subarray(12).map((octet) => octet ^ 0xff)];
  const isatap = ((octets[8] ?? 0) & 0xfd) === 0 && startsWith(octets, 9, [0, 0x5e, 0xfe]);
  return isatap ? [octets.subarray(12)] : [];
}

function startsWith(octets: Uint8Array, offset: number, prefix: readonly number[]): boolean {
  return prefix.every((octet, i) => octets[offset + i] === octet);
}
