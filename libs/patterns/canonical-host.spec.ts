import { readFileSync } from 'node:fs';
import fc from 'fast-check';

import { parseAuthority } from './authority.js';
import { canonicalHost, isAddress } from './canonical-host.js';
import type { PatternCases } from './cases.js';

const cases = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as PatternCases;

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.domain(),
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.stringMatching(/^[0-9a-fx.]{1,20}$/),
);

describe('a canonical host', () => {
  it.each(cases.canonicalHosts)('of %j', ({ text, host }) => {
    const read = canonicalHost(text);
    expect(read.ok ? read.value : null).toBe(host);
  });

  it('says with a sentence what is wrong', () => {
    for (const { text, host } of cases.canonicalHosts) {
      const read = canonicalHost(text);
      if (host === null) expect(read.ok ? '' : read.why).toMatch(/^[A-Z].*\.$/);
    }
  });

  it.each([
    ['exa%6Dple.com', 'percent-encoded'],
    ['u@example.com', 'user name'],
    ['example..com', 'empty parts'],
    ['::1', 'brackets'],
    ['127.1', 'four decimal numbers'],
  ])('says of %s what is wrong: %s', (text, part) => {
    const read = canonicalHost(text);
    expect(read.ok ? '' : read.why).toContain(part);
  });

  it('stays the same when read again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = canonicalHost(text);
        if (once.ok) expect(canonicalHost(once.value)).toEqual(once);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the host that a WHATWG parser reads, or is refused', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = canonicalHost(text);
        if (read.ok) expect(new URL(`http://${read.value}/`).hostname).toBe(read.value);
      }),
      { numRuns: 3000 },
    );
  });

  it('knows addresses from names', () => {
    expect(['192.0.2.1', '[::1]', 'example.com', '1.example'].map(isAddress)).toEqual([true, true, false, false]);
  });
});

describe('an authority', () => {
  it.each([
    ['example.com', { host: 'example.com', port: null }],
    ['Example.com.:8443', { host: 'example.com', port: 8443 }],
    ['[2001:DB8::1]:443', { host: '[2001:db8::1]', port: 443 }],
    ['[::1]', { host: '[::1]', port: null }],
    ['192.0.2.1:1', { host: '192.0.2.1', port: 1 }],
    ['a:65535', { host: 'a', port: 65535 }],
  ])('reads %s', (text, value) => {
    expect(parseAuthority(text)).toEqual({ ok: true, value });
  });

  it.each([
    ...[
      '',
      ':443',
      'a:',
      'a:0',
      'a:65536',
      'a:0443',
      'a:+443',
      'a:4 43',
      'a:443 ',
      'a:0x1bb',
      'a:443:443',
      '::1:443',
      '[::1]443',
    ],
    ...['u@a', 'u:p@a:443', 'a@:443', '[::1]:', '[::1]:443:1', 'a/b:443', 'a:443/', 'a:４４３'],
  ])('refuses %j', (text) => {
    expect(parseAuthority(text).ok).toBe(false);
  });
});
