import type { RequestLogEntryView } from '../../../../libs/contracts/requests';
import type { Rows } from './request-rows';

/** How many arrivals wait at most; past that the list is read anew instead. */
export const WAITING_MAX = 2_000;

export interface Arrivals {
  readonly entries: Rows;
  /** Some did not fit: the entries are not all that came. */
  readonly overflowed: boolean;
}

/**
 * Where live entries wait: for the next frame, so that a thousand arrivals cost one rendering, or for the reader, while the list
 * is paused or scrolled. Bounded: an overflow drops everything, since a list with holes would lie.
 */
export class LiveBuffer {
  private entries: RequestLogEntryView[] = [];
  private overflowed = false;
  private dropped = 0;

  constructor(private readonly capacity = WAITING_MAX) {}

  /** How many arrived since the last `take`. */
  get size(): number {
    return this.entries.length + this.dropped;
  }

  push(entry: RequestLogEntryView): void {
    if (this.overflowed) {
      this.dropped += 1;
      return;
    }
    if (this.entries.length < this.capacity) {
      this.entries.push(entry);
      return;
    }
    this.overflowed = true;
    this.dropped = this.entries.length + 1;
    this.entries = [];
  }

  take(): Arrivals {
    const arrivals = { entries: this.entries, overflowed: this.overflowed };
    this.entries = [];
    this.overflowed = false;
    this.dropped = 0;
    return arrivals;
  }
}
