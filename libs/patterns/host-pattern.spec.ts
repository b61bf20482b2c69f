import { readFileSync } from 'node:fs';
import fc from 'fast-check';

import { canonicalHost, type CanonicalHost } from './canonical-host.js';
import type { PatternCases } from './cases.js';
import {
  formatHostPattern,
  hostSpecificity,
  isHostNarrowerOrEqual,
  matchesHost,
  parseHostPattern,
  type HostPattern,
} from './host-pattern.js';
import { ownedHostFault } from './owned-host.js';

const cases = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as PatternCases;

function pattern(text: string): HostPattern {
  const read = parseHostPattern(text);
  if (!read.ok) throw new Error(`${text}: ${read.why}`);
  return read.value;
}

function host(text: string): CanonicalHost {
  const read = canonicalHost(text);
  if (!read.ok) throw new Error(`${text}: ${read.why}`);
  return read.value;
}

const label = fc.constantFrom('a', 'b', 'api', 'com');
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const port = fc.constantFrom(80, 443, 8443);
const patternText = fc
  .tuple(
    fc.oneof(
      name,
      name.map((text) => `*.${text}`),
      fc.constant('*'),
    ),
    fc.option(port),
  )
  .map(([text, number]) => (number === null ? text : `${text}:${String(number)}`));

/** The rules of the language, word for word and slow. */
function naiveMatch(text: string, hostName: string, portNumber: number): boolean {
  const [hostPart = '', portPart] = text.split(':');
  if (portPart !== undefined && Number(portPart) !== portNumber) return false;
  if (hostPart === '*') return true;
  const labels = hostName.split('.');
  if (!hostPart.startsWith('*.')) return hostPart === hostName;
  const suffix = hostPart.slice(2).split('.');
  return labels.length > suffix.length && labels.slice(-suffix.length).join('.') === suffix.join('.');
}

describe('a host pattern', () => {
  it.each(cases.hostPatterns)('%j', ({ pattern: text, host: name_, port: number, matches }) => {
    expect(matchesHost(pattern(text), host(name_), number)).toBe(matches);
  });

  it.each(cases.badHostPatterns)('is refused with a sentence: %j', (text) => {
    const read = parseHostPattern(text);
    expect(read.ok ? '' : read.why).toMatch(/^[A-Z].*\.$/);
  });

  it('matches what its rules say', () => {
    fc.assert(
      fc.property(patternText, name, port, (text, hostName, number) => {
        expect(matchesHost(pattern(text), host(hostName), number)).toBe(naiveMatch(text, hostName, number));
      }),
      { numRuns: 3000 },
    );
  });

  it('stays the same when written and read again', () => {
    fc.assert(
      fc.property(patternText, (text) => {
        expect(pattern(formatHostPattern(pattern(text)))).toEqual(pattern(text));
      }),
    );
  });

  it('ranks exact over wildcard, longer over shorter, and with a port over without', () => {
    const ranked = ['a.b.com:443', 'a.b.com', '*.b.com:443', '*.b.com', '*.com', '*:443', '*'];
    const shuffled = ranked.toReversed().map(pattern);
    shuffled.sort((a, b) => hostSpecificity(b) - hostSpecificity(a));
    expect(shuffled.map(formatHostPattern)).toEqual(ranked);
  });
});

describe('narrowing a host pattern', () => {
  it.each(cases.narrowerHosts)('%j', ({ candidate, than, narrower }) => {
    expect(isHostNarrowerOrEqual(pattern(candidate), pattern(than))).toBe(narrower);
  });

  it('never opens a host that was closed', () => {
    fc.assert(
      fc.property(patternText, patternText, name, port, (candidate, than, hostName, number) => {
        fc.pre(isHostNarrowerOrEqual(pattern(candidate), pattern(than)));
        if (matchesHost(pattern(candidate), host(hostName), number)) {
          expect(matchesHost(pattern(than), host(hostName), number)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a host that a secret may name', () => {
  it.each(cases.ownedHosts)('%j', ({ pattern: text, owned }) => {
    const fault = ownedHostFault(pattern(text));
    if (owned) expect(fault).toBeUndefined();
    else expect(fault).toMatch(/\.$/);
  });
});
