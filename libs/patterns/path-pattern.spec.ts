import { readFileSync } from 'node:fs';
import fc from 'fast-check';

import type { PatternCases } from './cases.js';
import { isPathNarrowerOrEqual, matchesPath, parsePathPattern, type PathPattern } from './path-pattern.js';
import { exactForm, widenedForm } from './request-path.js';

const cases = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as PatternCases;

function pattern(text: string): PathPattern {
  const read = parsePathPattern(text);
  if (!read.ok) throw new Error(`${text}: ${read.why}`);
  return read.value;
}

function optional(text: string | null): PathPattern | null {
  return text === null ? null : pattern(text);
}

/** The rules of the language as a regular expression: right, and as slow as the compiled matcher must not be. */
function naiveMatch(text: string, path: string): boolean {
  let source = text === '*' ? '/*' : text;
  let ending = '';
  if (source.endsWith('/**') || source.endsWith('/*')) {
    source = source.replace(/\/\*+$/, '').replace(/(?:\/\*\*)+$/, '');
    ending = '(?:/.*)?';
  } else if (source.endsWith('*')) {
    source = source.replace(/\*+$/, '');
    ending = '.*';
  }
  const body = source
    .replace(/(?:\/\*\*)+(?=\/)/g, '/\ue010')
    .replace(/\ue010\//g, '\ue010')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*/g, '\ue011')
    .replace(/(?<=\/)\*(?=\/|$)/g, '[^/]+')
    .replace(/(?<=\ue010)\*(?=\/|$)/g, '[^/]+')
    .replace(/(?<!\])\*/g, '[^/]*')
    .replace(/\ue010/g, '(?:.*/)?')
    .replace(/\ue011/g, '.*');
  return new RegExp(`^${body}${ending}$`).test(path);
}

const piece = fc.constantFrom('a', 'b', 'ab', '*', '**', 'a*', '*b', 'a*b', 'a**b', '');
const patternText = fc
  .array(piece, { minLength: 1, maxLength: 5 })
  .map((pieces) => `/${pieces.join('/')}`)
  .filter((text) => parsePathPattern(text).ok);
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'aab', 'abb', ''), { minLength: 1, maxLength: 6 })
  .map((pieces) => `/${pieces.join('/')}`);
const anyPath = fc
  .array(fc.constantFrom('/', '/', 'a', 'B', '.', ';', '%2F', '%41', '%40', '@', '%C3%A9', '%', '25', '-'), {
    maxLength: 14,
  })
  .map((pieces) => `/${pieces.join('')}`);

describe('a path pattern', () => {
  it.each(cases.pathPatterns)('%j', ({ pattern: text, path: sent, matches }) => {
    expect(matchesPath(pattern(text).exact, exactForm(sent))).toBe(matches);
  });

  it.each(cases.widenedMatches)('of a restrictive rule: %j', ({ pattern: text, path: sent, matches }) => {
    expect(matchesPath(pattern(text).widened, widenedForm(sent))).toBe(matches);
  });

  it.each(cases.badPathPatterns)('is refused with a sentence: %j', (text) => {
    const read = parsePathPattern(text);
    expect(read.ok ? '' : read.why).toMatch(/^[A-Z].*\.$/);
  });

  it('matches what its rules say', () => {
    fc.assert(
      fc.property(patternText, path, (text, sent) => {
        expect(matchesPath(pattern(text).exact, sent)).toBe(naiveMatch(text, sent));
      }),
      { numRuns: 4000 },
    );
  });

  it('matches the same wherever its wildcards stand in the words of the automaton', () => {
    for (let length = 0; length < 100; length += 1) {
      const long = 'x'.repeat(length);
      const deep = pattern(`/${long}/**/b*/c`).exact;
      for (const path of [`/${long}/b/c`, `/${long}/a/a/bb/c`]) expect(matchesPath(deep, path)).toBe(true);
      for (const path of [`/${long}/b/b/d/c`, `/${long}x/b/c`, `/${long}b/c`])
        expect(matchesPath(deep, path)).toBe(false);
    }
  });

  it('is matched by the widened form of a path whose own text it is', () => {
    fc.assert(
      fc.property(anyPath, (sent) => {
        const read = parsePathPattern(sent);
        fc.pre(read.ok);
        expect(matchesPath(read.value.widened, widenedForm(sent))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('costs steps in proportion to the path, whatever the pattern', () => {
    const adversarial = [
      `/${'*a'.repeat(15)}*b`,
      `/**/${'a*'.repeat(6)}/**/b`,
      `/${'**a'.repeat(15)}b`,
      `/${'a*'.repeat(15)}/b`,
    ];
    for (const text of adversarial) {
      for (const length of [1000, 2000, 4000, 16_000]) {
        const steps = { count: 0 };
        const sent = `/a${'a'.repeat(length)}/a/b`;
        matchesPath(pattern(text).exact, sent, steps);
        expect(steps.count).toBeLessThanOrEqual(2 * sent.length);
      }
    }
  });

  it('knows its literal length, which ranks secrets', () => {
    expect(['/v1/a/b', '/v1/*', '/v1/*/b', '*'].map((text) => pattern(text).literalLength)).toEqual([7, 4, 6, 1]);
  });
});

describe('narrowing a path pattern', () => {
  it.each(cases.narrowerPaths)('%j', ({ candidate, than, narrower }) => {
    expect(isPathNarrowerOrEqual(optional(candidate), optional(than))).toBe(narrower);
  });

  it('never opens a path that was closed', () => {
    fc.assert(
      fc.property(patternText, patternText, path, (candidate, than, sent) => {
        fc.pre(isPathNarrowerOrEqual(pattern(candidate), pattern(than)));
        if (matchesPath(pattern(candidate).exact, sent)) expect(matchesPath(pattern(than).exact, sent)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
