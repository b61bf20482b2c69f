import fc from 'fast-check';
import { ipOctets } from '../../authority/ip-octets.js';
import { classOf, meanings, type AddressClass } from './address-class.js';
import { addressRange, addressText, contains, firstOf } from './address-range.js';

const octetsOf = (text: string): Uint8Array => ipOctets(text) ?? new Uint8Array();
/** What the guard makes of an address: the first of its meanings that is not public. */
const judged = (text: string): AddressClass =>
  meanings(octetsOf(text))
    .map(classOf)
    .find((found) => found !== 'public') ?? 'public';

const CLASSES: Readonly<Record<AddressClass, readonly string[]>> = {
  public: [
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2001:4860:4860::8888',
    '2a00::1',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
    '2002:101:101::1',
  ],
  loopback: [
    '127.0.0.1',
    '127.0.0.0',
    '127.1.2.3',
    '127.255.255.255',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '2002:7f00:1::',
  ],
  private: [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.0',
    '192.168.255.255',
    'fc00::',
    'fdff::1',
    'fd12:3456:789a::1',
    'fec0::1',
    '::ffff:10.0.0.1',
    '::ffff:c0a8:1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2002:c0a8:101::5',
    // Teredo: a private server; a private client, its bits inverted.
    '2001:0:a00:1::',
    '2001:0:101:101:0:0:f5ff:fffe',
    // ISATAP within a public prefix, both forms of the interface id.
    '2606:4700::5efe:10.0.0.1',
    '2606:4700::200:5efe:192.168.0.1',
  ],
  'link-local': ['169.254.0.0', '169.254.255.255', 'fe80::1', 'febf::1', 'fe80::1%eth0', '::ffff:169.254.1.1'],
  shared: ['100.64.0.0', '100.127.255.255', '::ffff:100.64.0.1'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '169.254.0.23',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
  ],
  unspecified: ['0.0.0.0', '0.1.2.3', '0.255.255.255', '::', '::ffff:0.0.0.0'],
  multicast: ['224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1', '::ffff:224.0.0.1'],
  broadcast: ['255.255.255.255', '::ffff:255.255.255.255'],
  reserved: [
    '192.0.0.1',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '192.88.99.1',
    '198.18.0.0',
    '198.19.255.255',
    '240.0.0.0',
    '255.255.255.254',
    '2001:db8::1',
    '2001:10::1',
    '2001:2::1',
    '3fff::1',
    '100::1',
    '64:ff9b:1::10.0.0.1',
    '4000::1',
    '::2',
    // The old compatible form, and translation in stateless networks.
    '::10.0.0.1',
    '::127.0.0.1',
    '::ffff:0:10.0.0.1',
    '5f00::1',
    'fe00::1',
  ],
};

describe.each(Object.entries(CLASSES))('addresses that are %s', (expected, addresses) => {
  it.each(addresses)('%s', (address) => {
    expect(judged(address)).toBe(expected);
  });
});

describe('the class of an address', () => {
  const hidden = [
    '10.0.0.0/8',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '0.0.0.0/8',
  ]
    .map((text) => addressRange(text))
    .filter((range) => range !== undefined);
  const hiddenAddress = fc
    .tuple(fc.constantFrom(...hidden), fc.uint8Array({ minLength: 4, maxLength: 4 }))
    .map(([range, noise]) => {
      const mask = firstOf({ octets: new Uint8Array(4).fill(0xff), bits: range.bits });
      return range.octets.map((octet, i) => octet | ((noise[i] ?? 0) & ~(mask[i] ?? 0)));
    });

  it('is never public for any spelling that carries an address which is not', () => {
    fc.assert(
      fc.property(hiddenAddress, fc.uint8Array({ minLength: 8, maxLength: 8 }), (octets, noise) => {
        const hex = (bytes: Uint8Array) =>
          Buffer.from(bytes)
            .toString('hex')
            .replaceAll(/(.{4})(?=.)/g, '$1:');
        const dotted = octets.join('.');
        const spellings = [
          dotted,
          `::ffff:${dotted}`,
          `0:0:0:0:0:FFFF:${hex(octets).toUpperCase()}`,
          `[::ffff:${hex(octets)}]`,
          `::ffff:${dotted}%lo`,
          `::${dotted}`,
          `::ffff:0:${dotted}`,
          `64:ff9b::${dotted}`,
          `64:ff9b:1:${hex(noise.subarray(0, 2))}::${dotted}`,
          `2002:${hex(octets)}:${hex(noise.subarray(0, 2))}::1`,
          `2001:0:${hex(octets)}:${hex(noise)}`,
          `2001:0:${hex(noise)}:${hex(octets.map((octet) => octet ^ 0xff))}`,
          `2a00:${hex(noise.subarray(0, 6))}:0:5efe:${hex(octets)}`,
          `2a00:${hex(noise.subarray(0, 6))}:200:5efe:${hex(octets)}`,
        ];
        expect(spellings.filter((spelling) => judged(spelling) === 'public')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is public for IPv6 only within the space that is given out, or for NAT64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        if (classOf(octets) !== 'public') return;
        const global = ((octets[0] ?? 0) & 0xe0) === 0x20;
        expect(global || addressText(octets).startsWith('64:ff9b::')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a range', () => {
  it.each([
    '',
    '10.0.0.0/',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/8/9',
    '10.0.0.0/-1',
    '10.0.0.0/a',
    '10.0/8',
    'a/8',
    'fe80::1%lo/64',
  ])('is not read from %j', (text) => {
    expect(addressRange(text)).toBeUndefined();
  });

  it('contains exactly the addresses that share its first bits', () => {
    const bitsOf = (octets: Uint8Array) => [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
    const address = fc.constantFrom(4, 16).chain((size) => {
      const one = fc.uint8Array({ minLength: size, maxLength: size });
      return fc.tuple(one, one, fc.integer({ min: 0, max: size * 8 }));
    });
    fc.assert(
      fc.property(address, ([octets, noise, bits]) => {
        const range = { octets, bits };
        const other = octets.map((octet, i) => (i * 8 < bits - 8 ? octet : (noise[i] ?? 0)));
        const shared = bitsOf(other).slice(0, bits) === bitsOf(octets).slice(0, bits);
        expect(contains(range, other)).toBe(shared);
        expect(bitsOf(firstOf(range))).toBe(
          bitsOf(octets)
            .slice(0, bits)
            .padEnd(octets.length * 8, '0'),
        );
        expect(contains(range, firstOf(range))).toBe(true);
      }),
    );
  });

  it('writes an address as RFC 5952 does', () => {
    expect(addressText(octetsOf('2001:DB8:0:0:0:0:0:1'))).toBe('2001:db8::1');
    expect(addressText(octetsOf('10.0.0.1'))).toBe('10.0.0.1');
  });
});
