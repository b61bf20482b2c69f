import type { AccessTokenRecord } from '../../policy/snapshot.js';

/** The access tokens of all agents, in memory, by hash. An unknown token costs no read. */
export class AccessTokens {
  readonly #byHash = new Map<string, AccessTokenRecord>();
  readonly #hashesOf = new Map<string, ReadonlySet<string>>();

  /** The record of a token that is known and not expired. `now` is epoch milliseconds. */
  find(tokenHash: string, now: number): AccessTokenRecord | undefined {
    const record = this.#byHash.get(tokenHash);
    return record !== undefined && (record.expiresAt === null || record.expiresAt > now) ? record : undefined;
  }

  /** Replaces everything that is known of one project; without records the project is forgotten. */
  replace(projectId: string, records: readonly AccessTokenRecord[]): void {
    const hashes = new Set(records.map((record) => record.tokenHash));
    for (const hash of this.#hashesOf.get(projectId) ?? []) if (!hashes.has(hash)) this.#byHash.delete(hash);
    for (const record of records) this.#byHash.set(record.tokenHash, record);
    if (hashes.size > 0) this.#hashesOf.set(projectId, hashes);
    else this.#hashesOf.delete(projectId);
  }

  get size(): number {
    return this.#byHash.size;
  }
}
