import { fieldKey } from '../../../../libs/patterns/injection.js';

/** Fields with which a client asks a server to act on another method than the one sent. */
const OVERRIDE_FIELDS: ReadonlySet<string> = new Set(['x-http-method-override', 'x-http-method', 'x-method-override']);
const NONE: readonly string[] = [];

/**
 * The methods that override fields claim, in upper case; every field and every comma counts. Restrictive rules match
 * them as if they had been sent.
 * @param rawHeaders names and values in turn, as `IncomingMessage.rawHeaders`
 */
export function claimedMethods(rawHeaders: readonly string[]): readonly string[] {
  let claimed: string[] | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    // The shortest is 13 characters long: most fields are passed over without being lower-cased.
    if (name.length < 13 || name.length > 22 || !OVERRIDE_FIELDS.has(fieldKey(name))) continue;
    claimed ??= [];
    for (const part of (rawHeaders[at + 1] ?? '').split(',')) {
      const method = part.trim().toUpperCase();
      if (method !== '') claimed.push(method);
    }
  }
  return claimed ?? NONE;
}
