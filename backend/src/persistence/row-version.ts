import { DomainError } from './domain-error.js';

/**
 * Guards against lost updates: throws STALE_VERSION when somebody changed the row since the caller read it. The caller
 * holds the row's lock, so that the answer is still true when it writes. Without an expectation anything goes.
 */
export function expectVersion(row: { readonly version: number }, expected: string | undefined): void {
  if (expected === undefined || expected === String(row.version)) return;
  throw new DomainError(
    'STALE_VERSION',
    `It was changed meanwhile: this is version ${row.version}, not ${expected}. Read it again and repeat the change.`,
  );
}
