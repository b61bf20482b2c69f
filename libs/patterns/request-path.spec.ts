import { readFileSync } from 'node:fs';
import fc from 'fast-check';

import type { PatternCases } from './cases.js';
import { ambiguity, exactForm, readPath, widenedForm } from './request-path.js';

const cases = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as PatternCases;

const part = fc.constantFrom(
  ...[
    'a',
    'B',
    '/',
    '/',
    '.',
    '..',
    '%2e',
    '%2E',
    '%2f',
    '%2F',
    '%5c',
    '%5C',
    ';',
    '%3b',
    '%25',
    '%41',
    '%',
    '%C3%A9',
    '\u00e9',
    '\\',
  ],
);
const path = fc.array(part, { maxLength: 12 }).map((parts) => `/${parts.join('')}`);

/** What the most lenient server could make of a path: everything decoded, twice, backslashes as slashes. */
function lenient(text: string): string {
  const decode = (some: string) =>
    some.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decode(decode(text)).replaceAll('\\', '/');
}

describe('a path', () => {
  it.each(cases.ambiguousPaths)('is ambiguous or not: %j', ({ path: sent, ambiguous }) => {
    const why = ambiguity(sent);
    if (ambiguous) expect(why).toMatch(/^[A-Z].*\.$/);
    else expect(why).toBeUndefined();
  });

  it('that is not ambiguous has no dot segment for the most lenient reader either', () => {
    fc.assert(
      fc.property(path, (sent) => {
        fc.pre(ambiguity(sent) === undefined);
        const segments = lenient(sent)
          .split('/')
          .map((segment) => segment.replace(/;.*/, ''));
        expect(segments.filter((segment) => segment === '.' || segment === '..')).toEqual([]);
      }),
      { numRuns: 4000 },
    );
  });

  it.each(cases.exactForms)('has an exact form: %j', ({ path: sent, form }) => {
    expect(exactForm(sent)).toBe(form);
  });

  it.each([
    ['/v1/models', []],
    ['/V1//models/', []],
    ['/v1/;a/x', ['/v1/;a/x']],
    ['/v1/A%2FB/x', ['/v1/a%2fb/x']],
    ['/a;b/C%5cd/', ['/a;b/c%2fd', '/a;b/c/d', '/a/c%2fd']],
  ])('has forms that are widened in part: %j', (sent, forms) => {
    const read = readPath(sent);
    expect(read.ok && read.value.partlyWidenedPaths).toEqual(forms);
  });

  it.each(cases.widenedForms)('has a widened form: %j', ({ path: sent, form }) => {
    expect(widenedForm(sent)).toBe(form);
  });

  it('has forms that stay the same when formed again', () => {
    fc.assert(
      fc.property(path, (sent) => {
        const read = readPath(sent);
        fc.pre(read.ok);
        const { exactPath, widenedPath } = read.value;
        expect(exactForm(exactPath)).toBe(exactPath);
        expect(widenedForm(widenedPath)).toBe(widenedPath);
        expect(widenedForm(exactPath)).toBe(widenedPath);
      }),
      { numRuns: 5000 },
    );
  });

  it('is read in linear time when it is made of semicolons and encoded slashes', () => {
    const slow = `/${';'.repeat(16_000)}`;
    const started = performance.now();
    for (let round = 0; round < 20; round += 1) readPath(slow);
    // Quadratic reading takes seconds here.
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
