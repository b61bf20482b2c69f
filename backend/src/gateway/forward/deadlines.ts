/** Something that must make progress in time. Times are `performance.now()` milliseconds. */
export interface Watched {
  /** When it is late; Infinity while nothing is awaited. */
  readonly deadline: number;
  onLate(): void;
}

const SWEEP_MS = 500;

/**
 * One coarse timer for all running exchanges, instead of timers that every request and every chunk would have to arm and
 * clear. A deadline is noticed at most half a second late.
 */
export class Deadlines {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  add(item: Watched): void {
    this.#watched.add(item);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  delete(item: Watched): void {
    this.#watched.delete(item);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    const now = performance.now();
    for (const item of this.#watched) if (item.deadline <= now) item.onLate();
  }
}
