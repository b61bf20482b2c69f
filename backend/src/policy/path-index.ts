import { matchesPath, type PathMatcher } from '../../../libs/patterns/path-pattern.js';

/** Up to this many patterns are compared one by one: that is quicker than looking prefixes up. */
const FEW = 8;

interface Entry<T> {
  readonly matcher: PathMatcher;
  readonly item: T;
}

/**
 * Items by path pattern: exact paths in a map, others by what a matching path begins or ends with, so that ten thousand
 * patterns for one host cost a few look-ups. All patterns are in one form, exact or widened.
 */
export class PathIndex<T> {
  readonly #everywhere: T[] = [];
  readonly #entries: Entry<T>[] = [];
  readonly #literals = new Map<string, T[]>();
  readonly #heads = new AnchorIndex<T>();
  readonly #tails = new AnchorIndex<T>();

  /** Null is any path. Only while compiling. */
  add(matcher: PathMatcher | null, item: T): void {
    if (matcher === null) {
      this.#everywhere.push(item);
      return;
    }
    const entry = { matcher, item };
    this.#entries.push(entry);
    if (matcher.kind === 'literal') {
      append(this.#literals, matcher.head, item);
    } else if (matcher.tail.length > matcher.head.length) {
      this.#tails.add(matcher.tail, entry);
    } else {
      this.#heads.add(matcher.head, entry);
    }
  }

  /** Appends the items whose pattern matches. */
  collect(path: string, into: T[]): void {
    for (const item of this.#everywhere) into.push(item);
    if (this.#entries.length <= FEW) {
      collectMatching(this.#entries, path, into);
      return;
    }
    const literal = this.#literals.get(path);
    if (literal !== undefined) for (const item of literal) into.push(item);
    this.#heads.collectByHead(path, into);
    this.#tails.collectByTail(path, into);
  }
}

/** Entries by a text of which every matching path has the same beginning (or end), one map for each length. */
class AnchorIndex<T> {
  readonly #byLength = new Map<number, Map<string, Entry<T>[]>>();

  add(anchor: string, entry: Entry<T>): void {
    let entries = this.#byLength.get(anchor.length);
    if (entries === undefined) {
      entries = new Map();
      this.#byLength.set(anchor.length, entries);
    }
    append(entries, anchor, entry);
  }

  collectByHead(path: string, into: T[]): void {
    for (const [length, entries] of this.#byLength) {
      if (length <= path.length) collectMatching(entries.get(path.slice(0, length)), path, into);
    }
  }

  collectByTail(path: string, into: T[]): void {
    for (const [length, entries] of this.#byLength) {
      if (length <= path.length) collectMatching(entries.get(path.slice(path.length - length)), path, into);
    }
  }
}

function collectMatching<T>(entries: readonly Entry<T>[] | undefined, path: string, into: T[]): void {
  if (entries === undefined) return;
  for (const entry of entries) if (matchesPath(entry.matcher, path)) into.push(entry.item);
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const present = map.get(key);
  if (present === undefined) map.set(key, [item]);
  else present.push(item);
}
