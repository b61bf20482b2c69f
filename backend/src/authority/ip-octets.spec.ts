import fc from 'fast-check';
import { ipOctets } from './ip-octets.js';

const hex = (octets: Uint8Array | undefined): string | undefined => octets && Buffer.from(octets).toString('hex');

describe('the bytes of an address', () => {
  it.each([
    ['127.0.0.1', '7f000001'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['[::1]', `${'0'.repeat(31)}1`],
    ['1::', `0001${'0'.repeat(28)}`],
    ['2001:db8::8:800:200c:417a', '20010db80000000000080800200c417a'],
    ['2001:DB8:0:0:8:800:200C:417A', '20010db80000000000080800200c417a'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
    ['1:2:3:4:5:6:7.8.9.10', '0001000200030004000500060708090a'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('of %s are %s', (text, expected) => {
    expect(hex(ipOctets(text))).toBe(expected);
  });

  it.each([
    '',
    'example.com',
    '127.1',
    '0x7f000001',
    '2130706433',
    '010.0.0.1',
    '1.2.3.4.5',
    '1.2.3.256',
    ':::',
    '[::1',
    '::1]',
    '1::2::3',
    '[127.0.0.1]',
  ])('are not to be had of %j', (text) => {
    expect(ipOctets(text)).toBeUndefined();
  });

  it('are the same however an IPv6 address is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        const groups = Array.from({ length: 8 }, (_, i) =>
          Buffer.from(octets)
            .readUInt16BE(i * 2)
            .toString(16),
        );
        const written = groups.join(':');
        const shortened = new URL(`http://[${written}]`).hostname;
        const mixed = `${groups.slice(0, 6).join(':')}:${octets.slice(12).join('.')}`;
        for (const spelling of [written, shortened, mixed, written.toUpperCase(), `[${written}]`]) {
          expect(ipOctets(spelling)).toEqual(octets);
        }
      }),
    );
  });
});
