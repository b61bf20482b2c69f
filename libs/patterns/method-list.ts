import { parsed, unreadable, type Parsed } from './parsed.js';

/** Methods in upper case, or null for any. */
export type MethodList = readonly string[] | null;

const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const MAX_METHODS = 20;

/** Reads `GET`, `GET, POST`, or null and the empty text for any method. Letter case does not matter. */
export function parseMethodList(text: string | null): Parsed<MethodList> {
  if (text === null || text.trim() === '') return parsed(null);
  const methods = [...new Set(text.split(',').map((part) => part.trim().toUpperCase()))];
  if (methods.includes('*') || methods.includes('ANY')) return unreadable('Leave the method empty to mean any method.');
  if (methods.includes('')) return unreadable('Between two commas stands a method.');
  const odd = methods.find((method) => !METHOD.test(method));
  if (odd !== undefined) return unreadable('A method consists of letters, such as GET or PATCH.');
  if (methods.length > MAX_METHODS) return unreadable(`At most ${MAX_METHODS} methods can be listed.`);
  return parsed(methods);
}

/** The text that a rule stores. */
export function formatMethodList(methods: MethodList): string | null {
  return methods === null ? null : methods.join(',');
}

export function matchesMethod(methods: MethodList, method: string): boolean {
  return methods === null || methods.includes(method);
}
