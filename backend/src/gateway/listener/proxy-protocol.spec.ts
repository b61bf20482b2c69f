import fc from 'fast-check';
import { readProxyHeader, type ProxyHeader } from './proxy-protocol.js';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const REST = Buffer.from('CONNECT a:443 HTTP/1.1\r\n\r\n');

const text = (line: string): Buffer => Buffer.from(line, 'latin1');
/** Version 2: version and command, family and transport, the block and its length. */
const binary = (command: number, family: number, block: Uint8Array | number[], length = block.length): Buffer =>
  Buffer.concat([
    Buffer.from(SIGNATURE, 'hex'),
    Buffer.of(command, family, length >> 8, length & 0xff),
    Buffer.from(block),
  ]);
const v4 = [192, 0, 2, 7, 10, 0, 0, 1, 0x30, 0x39, 0x01, 0xbb];
const v6 = [...Buffer.from('20010db8000000000000000000000007', 'hex'), ...Buffer.alloc(16, 1), 0, 1, 0, 2];
const mapped = [...Buffer.from('00000000000000000000ffffc0000207', 'hex'), ...Buffer.alloc(16, 1), 0, 1, 0, 2];
const malformed = { kind: 'malformed', why: expect.stringMatching(/^(has|does) [^"]+[^.]$/) };

describe('a PROXY protocol header', () => {
  it.each<[string, Buffer, string | undefined]>([
    ['TCP4', text('PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n'), '192.0.2.7'],
    ['TCP4 with the extreme ports', text('PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\r\n'), '255.255.255.255'],
    ['TCP6', text('PROXY TCP6 2001:DB8:0::7 ::1 1 2\r\n'), '2001:db8::7'],
    [
      'TCP6 in its longest spelling',
      text(`PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`),
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ],
    ['TCP6 that carries IPv4', text('PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n'), '192.0.2.7'],
    ['UNKNOWN', text('PROXY UNKNOWN\r\n'), undefined],
    ['UNKNOWN with addresses, which mean nothing', text('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), undefined],
    ['binary IPv4', binary(0x21, 0x11, v4), '192.0.2.7'],
    ['binary IPv4 with extensions', binary(0x21, 0x11, [...v4, 4, 0, 3, 1, 2, 3]), '192.0.2.7'],
    ['binary IPv6', binary(0x21, 0x21, v6), '2001:db8::7'],
    ['binary IPv6 that carries IPv4', binary(0x21, 0x21, mapped), '192.0.2.7'],
    ['a health check', binary(0x20, 0x00, []), undefined],
    ['a health check with a block, which means nothing', binary(0x20, 0x11, v4), undefined],
    ['an unspecified family', binary(0x21, 0x00, [1, 2, 3]), undefined],
    ['a local socket', binary(0x21, 0x31, Buffer.alloc(216)), undefined],
    ['the longest block', binary(0x21, 0x11, [...v4, ...Buffer.alloc(4084)]), '192.0.2.7'],
  ])('of %s is read however it is split, and nothing after it', (_what, header, address) => {
    const whole = Buffer.concat([header, REST]);
    for (let length = 0; length < header.length; length += 1) {
      expect(readProxyHeader(whole.subarray(0, length))).toEqual({ kind: 'incomplete' });
    }
    const read = { kind: 'header', length: header.length, address };
    expect(readProxyHeader(header)).toEqual(read);
    expect(readProxyHeader(whole)).toEqual(read);
  });

  it.each<[string, Buffer]>([
    ['HTTP', REST],
    ['TLS', Buffer.of(0x16, 3, 1)],
    ['lower case', text('proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['one wrong letter', text('PROXX')],
    ['an empty line and HTTP', text('\r\nGET / HTTP/1.1\r\n\r\n')],
    ['a wrong signature', Buffer.from('0d0a0d0a000d0a515549540b', 'hex')],
    ['an unknown protocol', text('PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['a protocol in lower case', text('PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['no protocol', text('PROXY \r\n')],
    ['two spaces', text('PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['a space at the end', text('PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n')],
    ['one address', text('PROXY TCP4 1.2.3.4 1 2\r\n')],
    ['an address of the other family', text('PROXY TCP4 ::1 ::1 1 2\r\n')],
    ['IPv4 said to be IPv6', text('PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['a zone', text('PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n')],
    ['brackets', text('PROXY TCP6 [::1] ::1 1 2\r\n')],
    ['leading zeros in an address', text('PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n')],
    ['a leading zero in a port', text('PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n')],
    ['a port past the last', text('PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n')],
    ['a sign', text('PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n')],
    ['a bare line feed', text(`PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n${'x'.repeat(107)}`)],
    ['a line without an end', text(`PROXY UNKNOWN ${'x'.repeat(107)}`)],
    ['a line that ends one byte late', text(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`)],
    ['version 1 in binary', binary(0x11, 0x11, v4)],
    ['version 3', binary(0x31, 0x11, v4)],
    ['an unknown command', binary(0x22, 0x11, v4)],
    ['datagrams', binary(0x21, 0x12, v4)],
    ['an unknown family', binary(0x21, 0x41, v4)],
    ['a block too short for IPv4', binary(0x21, 0x11, v4.slice(1))],
    ['a block too short for IPv6', binary(0x21, 0x21, v4)],
    ['a block too long to wait for', binary(0x21, 0x11, v4, 4097)],
  ])('is malformed, and says no more than that: %s', (_what, bytes) => {
    expect(readProxyHeader(bytes)).toEqual(malformed);
  });

  it('is known to be malformed before anybody waits for a whole one', () => {
    expect(readProxyHeader(text('G'))).toEqual(malformed);
    expect(readProxyHeader(text('PROXY TCP9').subarray(0, 1))).toEqual({ kind: 'incomplete' });
    expect(readProxyHeader(binary(0x21, 0x11, [], 0xffff))).toEqual(malformed);
    expect(readProxyHeader(Buffer.concat([Buffer.from(SIGNATURE, 'hex'), Buffer.of(0x11)]))).toEqual(malformed);
  });

  it('gives back every address and port, in both versions', () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), port, port, (source, destination, from, to) => {
        const line = text(`PROXY TCP4 ${source} ${destination} ${from} ${to}\r\n`);
        expect(readProxyHeader(line)).toEqual({ kind: 'header', length: line.length, address: source });
        const octets = [...source.split('.'), ...destination.split('.')].map(Number);
        const block = [...octets, from >> 8, from & 0xff, to >> 8, to & 0xff];
        expect(readProxyHeader(binary(0x21, 0x11, block))).toMatchObject({ kind: 'header', address: source });
      }),
    );
  });

  it('reads anything without throwing, never past what it bounds, and the same with more behind it', () => {
    const start = fc.constantFrom(
      text('PROXY TCP4 '),
      text('PROXY '),
      binary(0x21, 0x11, []).subarray(0, 14),
      Buffer.alloc(0),
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 20 }), (first, bytes, more) => {
        const sent = Buffer.concat([first, bytes]);
        const read: ProxyHeader = readProxyHeader(sent);
        if (read.kind === 'incomplete') expect(sent.length).toBeLessThan(16 + 4096);
        else expect(readProxyHeader(Buffer.concat([sent, more]))).toEqual(read);
        if (read.kind === 'header') expect(read.length).toBeLessThanOrEqual(sent.length);
      }),
      { numRuns: 3000 },
    );
  });
});
