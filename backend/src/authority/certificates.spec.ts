import { createPublicKey, X509Certificate } from 'node:crypto';
import { makeKeyPair, makeLeaf, makeRoot, readRoot } from './certificates.js';

const HOUR = 3_600_000;
const now = new Date('2026-11-24T12:00:00.700Z');
const root = makeRoot(now);
const { publicPoint, privateKey } = makeKeyPair();
const leafOf = (host: string, at = now): X509Certificate =>
  new X509Certificate(makeLeaf({ root, host, now: at, publicPoint }).certificatePem);
const rootOf = (made = root): X509Certificate => new X509Certificate(made.certificatePem);

const longest = [...Array.from({ length: 3 }, () => 'a'.repeat(63)), 'b'.repeat(61)].join('.');

describe('a root', () => {
  it('signs itself, is an authority and lives ten years, backdated one hour', () => {
    const certificate = rootOf();
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.validFromDate).toEqual(new Date('2026-11-24T11:00:00Z'));
    expect(certificate.validToDate).toEqual(new Date('2036-11-24T12:00:00Z'));
  });

  it('has a name and a key of its own in every installation', () => {
    const [one, two] = [rootOf(), rootOf(makeRoot(now))];
    expect(one.subject).toMatch(/^CN=OneCLI Gateway Root [0-9a-f]{8}$/);
    expect(two.subject).not.toBe(one.subject);
    expect(two.publicKey.equals(one.publicKey)).toBe(false);
  });

  it('is the same after it was stored and read', () => {
    const read = readRoot(root.certificatePem, root.privateKey);
    expect(read).toEqual(root);
    const leaf = new X509Certificate(makeLeaf({ root: read, host: 'example.com', now, publicPoint }).certificatePem);
    expect(leaf.checkIssued(rootOf())).toBe(true);
  });

  it('is not read with the key of another', () => {
    expect(() => readRoot(root.certificatePem, makeRoot(now).privateKey)).toThrow('is not that of its private key');
  });
});

describe('a leaf', () => {
  it.each([
    ['api.example.com', 'DNS:api.example.com'],
    ['localhost', 'DNS:localhost'],
    ['under_score.example.com', 'DNS:under_score.example.com'],
    ['xn--bcher-kva.example', 'DNS:xn--bcher-kva.example'],
    ['127.0.0.1', 'IP Address:127.0.0.1'],
    ['::1', 'IP Address:0:0:0:0:0:0:0:1'],
    ['[2001:db8::7]', 'IP Address:2001:DB8:0:0:0:0:0:7'],
    [`${'x'.repeat(63)}.example.com`, `DNS:${'x'.repeat(63)}.example.com`],
    [longest, `DNS:${longest}`],
  ])('for %s names it and nothing else, and comes from the root', (host, alternativeName) => {
    const leaf = leafOf(host);
    expect(leaf.subjectAltName).toBe(alternativeName);
    expect(leaf.checkIssued(rootOf())).toBe(true);
    expect(leaf.verify(rootOf().publicKey)).toBe(true);
    expect(leaf.publicKey.equals(createPublicKey(privateKey))).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('has a common name only up to 64 characters', () => {
    expect(leafOf('a'.repeat(64)).subject).toBe(`CN=${'a'.repeat(64)}`);
    expect(leafOf('a'.repeat(65)).subject).toBeFalsy();
    expect(leafOf('[::1]').subject).toBe('CN=::1');
  });

  it('lives seven days, backdated one hour for clients whose clock is late', () => {
    const leaf = leafOf('example.com');
    expect(leaf.validFromDate).toEqual(new Date('2026-11-24T11:00:00Z'));
    expect(leaf.validToDate).toEqual(new Date('2026-12-01T12:00:00Z'));
  });

  it('never outlives its root', () => {
    const leaf = leafOf('example.com', new Date(root.notAfter.getTime() - HOUR));
    expect(leaf.validToDate).toEqual(root.notAfter);
  });

  it('states its dates in four-digit years from 2050 on', () => {
    const at = new Date('2049-12-30T00:00:00Z');
    const late = makeRoot(new Date('2045-01-01T00:00:00Z'));
    const leaf = new X509Certificate(
      makeLeaf({ root: late, host: 'example.com', now: at, publicPoint }).certificatePem,
    );
    expect(leaf.raw.includes('491229230000Z')).toBe(true);
    expect(leaf.raw.includes('20500106000000Z')).toBe(true);
    expect(leaf.validToDate).toEqual(new Date('2050-01-06T00:00:00Z'));
  });

  it('has a serial number of 127 bits that no other has', () => {
    const serials = Array.from({ length: 500 }, () => leafOf('example.com').serialNumber);
    expect(serials.filter((serial) => !/^[4-7][0-9A-F]{31}$/.test(serial))).toEqual([]);
    expect(new Set(serials).size).toBe(500);
  });

  it.each([
    '',
    '*',
    '*.example.com',
    'a b.example',
    'bücher.example',
    'EXAMPLE.com',
    'example.com\n',
    'a/b',
    'a'.repeat(254),
  ])('is not made for %j', (host) => {
    expect(() => leafOf(host)).toThrow(RangeError);
  });
});
