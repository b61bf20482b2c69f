export interface VirtualRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Rows drawn beyond each edge, so that a quick scroll shows no gap before the next frame. */
const OVERSCAN = 8;

/** Which of `count` rows of equal height are in or near the window; lengths in pixels. */
export function virtualRange(scrollTop: number, windowHeight: number, rowHeight: number, count: number): VirtualRange {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight) - OVERSCAN;
  const last = Math.ceil((Math.max(0, scrollTop) + windowHeight) / rowHeight) + OVERSCAN;
  const end = Math.min(count, last);
  return { start: Math.max(0, Math.min(first, end)), end };
}
