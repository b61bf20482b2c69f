/** Unbounded lists come by cursor, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Give it back as `?cursor=` for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 500;
