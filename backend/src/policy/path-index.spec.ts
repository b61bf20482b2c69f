import { matchesPath, parsePathPattern, type PathMatcher } from '../../../libs/patterns/path-pattern.js';
import { PathIndex } from './path-index.js';

function matcher(text: string): PathMatcher {
  const read = parsePathPattern(text);
  if (!read.ok) throw new Error(read.why);
  return read.value.exact;
}

function collected(index: PathIndex<string>, path: string): readonly string[] {
  const found: string[] = [];
  index.collect(path, found);
  return found.sort();
}

const PATTERNS = [
  '/a',
  '/a/*',
  '/a*',
  '/*',
  '/*/b',
  '/**/c',
  '/a/**/c',
  '/x/*/long/tail',
  '/b',
  '/ab',
  '/a/b',
  '/a/b/*',
  '/',
  '/a/b/c',
];
const PATHS = ['/a', '/a/b', '/a/b/c', '/ab', '/x/1/long/tail', '/', '/c', '/b', '/zzz/b', '/a/'];

describe('a path index', () => {
  it.each(PATHS)('finds for %s what trying every pattern finds', (path) => {
    const many = new PathIndex<string>();
    for (const text of PATTERNS) many.add(matcher(text), text);
    expect(collected(many, path)).toEqual(PATTERNS.filter((text) => matchesPath(matcher(text), path)).sort());
  });

  it('finds the same while there are few', () => {
    for (const text of PATTERNS) {
      const one = new PathIndex<string>();
      one.add(matcher(text), text);
      for (const path of PATHS) expect(collected(one, path)).toEqual(matchesPath(matcher(text), path) ? [text] : []);
    }
  });

  it('finds what is for any path everywhere, and every item of one pattern', () => {
    const index = new PathIndex<string>();
    index.add(null, 'any');
    for (let at = 0; at < 20; at += 1) index.add(matcher('/a'), `a${String(at)}`);
    expect(collected(index, '/b')).toEqual(['any']);
    expect(collected(index, '/a')).toHaveLength(21);
  });
});
