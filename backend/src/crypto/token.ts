import { createHash, randomBytes } from 'node:crypto';

/** `aoc_`: an agent's access token. `oc_`: a person's API key. */
export type TokenPrefix = 'aoc_' | 'oc_';

/** A new token: the prefix and 256 bits from the system's generator in base64url (43 characters). */
export function mintToken(prefix: TokenPrefix): string {
  return prefix + randomBytes(32).toString('base64url');
}

/**
 * SHA-256 of a token in base64url: what is stored and looked up. A fast hash suffices because the token itself has 256
 * bits of entropy; there is nothing to guess from a dictionary.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('base64url');
}
