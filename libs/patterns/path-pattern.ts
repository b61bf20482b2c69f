import { CROSSING, IN_SEGMENT, REST, compileGlob, runGlob, type GlobAutomaton } from './glob-automaton.js';
import { parsed, unreadable, type Parsed } from './parsed.js';
import { ambiguity, exactForm, widenedForm } from './request-path.js';

/** A path pattern, compiled twice: for the exact form of a path and for the widened one. */
export interface PathPattern {
  /** As written. */
  readonly text: string;
  readonly exact: PathMatcher;
  readonly widened: PathMatcher;
  /** Characters that are no wildcard: a longer pattern is the more specific one. */
  readonly literalLength: number;
}

export interface PathMatcher {
  /** `subtree` is the path itself and all under it; `prefix` is any path that begins so. */
  readonly kind: 'literal' | 'prefix' | 'subtree' | 'glob';
  /** What a matching path begins with (all of it for `literal`). */
  readonly head: string;
  /** What a matching path ends with; empty unless `glob`. */
  readonly tail: string;
  readonly glob: GlobAutomaton | null;
}

const MAX_LENGTH = 1024;
const MAX_WILDCARDS = 16;
const WILDCARD = /[\ue000-\ue002]/;
const WILDCARDS = /[\ue000-\ue002]/g;

/**
 * Reads a path pattern: exact, or with wildcards. A final `*` is the rest, slashes included (`/v1/*` is `/v1` too);
 * elsewhere `*` stays in its segment and `**` crosses. The query is never matched.
 */
export function parsePathPattern(text: string): Parsed<PathPattern> {
  const fault = shapeFault(text);
  if (fault !== undefined) return unreadable(fault);
  const glob = collapse(toGlob(text === '*' ? '/*' : text));
  if ((glob.match(WILDCARDS) ?? []).length > MAX_WILDCARDS) {
    return unreadable(`A path pattern has at most ${MAX_WILDCARDS} wildcards.`);
  }
  const why = ambiguity(glob.replace(WILDCARDS, 'x'));
  if (why !== undefined) return unreadable(`No request can match this pattern: ${lowerFirst(why)}`);
  const exact = exactForm(glob);
  const widened = collapse(widenPattern(exact));
  const matcher = compileMatcher(exact);
  return parsed({
    text,
    exact: matcher,
    widened: widened === exact ? matcher : compileMatcher(widened),
    literalLength: exact.replace(WILDCARDS, '').length,
  });
}

/** Whether a path in the matcher's own form (exact or widened) matches. `steps` counts the work, for tests. */
export function matchesPath(matcher: PathMatcher, path: string, steps?: { count: number }): boolean {
  switch (matcher.kind) {
    case 'literal':
      return path === matcher.head;
    case 'prefix':
      return path.startsWith(matcher.head);
    case 'subtree': {
      const { head } = matcher;
      return path.startsWith(head) && (path.length === head.length || path.charCodeAt(head.length) === 0x2f);
    }
    case 'glob':
      return (
        matcher.glob !== null &&
        path.startsWith(matcher.head) &&
        path.endsWith(matcher.tail) &&
        runGlob(matcher.glob, path, steps)
      );
  }
}

/** Whether every path that `candidate` matches is surely matched by `than` too; null is any path. Unsure is false. */
export function isPathNarrowerOrEqual(candidate: PathPattern | null, than: PathPattern | null): boolean {
  if (than === null) return true;
  if (candidate === null) return false;
  if (candidate.text === than.text) return true;
  const [inner, outer] = [candidate.exact, than.exact];
  if (inner.kind === 'literal') return matchesPath(outer, inner.head);
  switch (outer.kind) {
    case 'literal':
    case 'glob':
      return false;
    case 'prefix':
      return inner.head.startsWith(outer.head);
    case 'subtree':
      return inner.kind === 'subtree' ? matchesPath(outer, inner.head) : inner.head.startsWith(`${outer.head}/`);
  }
}

function shapeFault(text: string): string | undefined {
  if (text === '') return 'A path pattern is not empty; leave it out to mean any path.';
  if (text.length > MAX_LENGTH) return `A path pattern has at most ${MAX_LENGTH} characters.`;
  if (text !== '*' && !text.startsWith('/')) return 'A path pattern begins with a slash.';
  if (text.includes('?')) return 'A path pattern has no query: only the path is matched.';
  if (text.includes('#')) return 'A path pattern has no fragment: it is never sent.';
  if (text.includes('***')) return 'Write `*` for one segment and `**` for any depth; three stars mean nothing.';
  if (WILDCARD.test(text)) return 'The pattern has private-use characters in it.';
  return undefined;
}

/** Wildcards become single characters; the rest becomes ASCII. */
function toGlob(text: string): string {
  // eslint-disable-next-line no-control-regex -- all of ASCII
  const bytes = text.replace(/[^\u0000-\u007f]+/g, (run) => encodeURIComponent(run.toWellFormed()));
  return bytes
    .replace(/\*{1,2}$/, REST)
    .replaceAll('**', CROSSING)
    .replaceAll('*', IN_SEGMENT);
}

/** Neighbouring wildcards that say the same become one. */
function collapse(glob: string): string {
  return glob.replace(/(?:\/\ue001)+(?=\/[\ue001\ue002])/g, '').replace(/[\ue000\ue001]*(?=\ue002)/g, '');
}

/**
 * The widened form of a pattern. What follows a `;` goes like in a path; a wildcard in there that could cross segments
 * stays, so that the widened pattern never matches less.
 */
function widenPattern(exact: string): string {
  const kept = exact.replace(/;([^/]*)/g, (_, parameters: string) => {
    if (parameters.includes(REST)) return `/${REST}`;
    return parameters.includes(CROSSING) ? CROSSING : '';
  });
  return widenedForm(kept);
}

function compileMatcher(glob: string): PathMatcher {
  const first = glob.search(WILDCARD);
  if (first < 0) return { kind: 'literal', head: glob, tail: '', glob: null };
  const head = glob.slice(0, first);
  if (first === glob.length - 1 && glob.endsWith(REST)) {
    return head.endsWith('/') && head !== '/'
      ? { kind: 'subtree', head: head.slice(0, -1), tail: '', glob: null }
      : { kind: 'prefix', head, tail: '', glob: null };
  }
  return { kind: 'glob', head, tail: tailOf(glob), glob: compileGlob(glob) };
}

function tailOf(glob: string): string {
  const last = Math.max(glob.lastIndexOf(IN_SEGMENT), glob.lastIndexOf(CROSSING), glob.lastIndexOf(REST));
  return glob.slice(last + 1);
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
