import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../logging/logger.js';
import { decodeBatches, joinBatches, type SpoolBatch } from './spool-format.js';
import type { Segment, Spool } from './spool.js';

/** Passes a batch on; resolves once it is safe elsewhere. The same `id` may come again after a failure. */
export type Hand = (id: string, batch: SpoolBatch) => Promise<void>;

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;

/**
 * Passes a spool's durable batches on, oldest first, and removes the segments that are through. Holds one stretch of one
 * segment in memory, whatever has piled up. When the other side is away it tries again for as long as it takes.
 */
export class SpoolShipper {
  readonly #offsets = new WeakMap<Segment, number>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #again = false;
  #failing = false;

  constructor(
    private readonly spool: Spool,
    private readonly hand: Hand,
    private readonly logger: Logger,
  ) {}

  /** There may be something to pass on. Returns at once. */
  wake(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#isStopped()) this.wake();
    });
  }

  /** Resolves when all that is durable now was passed on, or after the time limit in milliseconds. */
  async drained(limit: number): Promise<void> {
    const deadline = performance.now() + limit;
    while (performance.now() < deadline && this.#pending()) {
      this.wake();
      await Promise.race([this.#running, pause(Math.max(1, deadline - performance.now()), undefined, { ref: false })]);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #pending(): boolean {
    return this.spool.segments.some(
      (segment) => (this.#offsets.get(segment) ?? 0) < segment.durableBytes || segment.sealed,
    );
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#isStopped()) {
      this.#again = false;
      try {
        for (const segment of [...this.spool.segments]) await this.#ship(segment);
      } catch (error) {
        if (this.#isStopped()) return;
        this.logger.error({ reason: String(error) }, 'the audit spool cannot be read; trying again');
        await this.#wait(LAST_RETRY_MS);
        this.#again = true;
      }
    }
  }

  async #ship(segment: Segment): Promise<void> {
    const offset = this.#offsets.get(segment) ?? 0;
    const end = segment.durableBytes;
    if (offset < end) {
      const bytes = await this.spool.read(segment, offset);
      if (bytes === undefined) return;
      const { batches, skippedBytes } = decodeBatches(bytes, offset);
      if (skippedBytes > 0) {
        this.logger.warn(
          { segment: basename(segment.path), skippedBytes },
          'skipped what is no whole batch in the audit spool',
        );
      }
      for (const batch of joinBatches(batches)) {
        if (!(await this.#handUntilTaken(segment, batch.end, batch))) return;
        this.#offsets.set(segment, batch.end);
      }
      this.#offsets.set(segment, offset + bytes.length);
    }
    if (segment.sealed && (this.#offsets.get(segment) ?? 0) >= segment.durableBytes) await this.spool.remove(segment);
  }

  /** False when the shipper was stopped meanwhile: the batch stays in the spool. */
  async #handUntilTaken(segment: Segment, end: number, batch: SpoolBatch): Promise<boolean> {
    const id = `${basename(segment.path)}-${end}`;
    for (let delay = FIRST_RETRY_MS; !this.#isStopped(); delay = Math.min(delay * 2, LAST_RETRY_MS)) {
      try {
        await this.hand(id, batch);
        if (this.#failing) this.logger.info('the request log is being stored again');
        this.#failing = false;
        return true;
      } catch (error) {
        if (!this.#failing)
          this.logger.warn({ reason: String(error) }, 'the request log waits in the spool: its queue is away');
        this.#failing = true;
        await this.#wait(delay);
      }
    }
    return false;
  }

  async #wait(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { ref: false, signal: this.#stop.signal }).catch(() => undefined);
  }
}
