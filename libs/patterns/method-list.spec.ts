import { readFileSync } from 'node:fs';

import type { PatternCases } from './cases.js';
import { formatMethodList, matchesMethod, parseMethodList } from './method-list.js';

const cases = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as PatternCases;

describe('a method list', () => {
  it.each(cases.methodLists)('%j', ({ list, method, matches }) => {
    const read = parseMethodList(list);
    expect(read.ok && matchesMethod(read.value, method)).toBe(matches);
  });

  it.each(cases.badMethodLists)('is refused with a sentence: %j', (list) => {
    const read = parseMethodList(list);
    expect(read.ok ? '' : read.why).toMatch(/^[A-Z].*\.$/);
  });

  it('is stored in upper case, each method once', () => {
    const read = parseMethodList('get, Post,GET');
    expect(read.ok ? formatMethodList(read.value) : undefined).toBe('GET,POST');
  });

  it('is null for any method', () => {
    expect(parseMethodList(' ')).toEqual({ ok: true, value: null });
    expect(formatMethodList(null)).toBeNull();
  });
});
