import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER, type Logger } from '../../logging/logger.js';
import { RateLimitCounts } from '../../rules/rate-limit-counts.js';
import { MemoryCounters } from './memory-counters.js';

/** Half of what the contract allows: counts are written at most one second late. */
const WRITE_EVERY_MS = 500;

/** Keeps the process's counters over a restart: read once before the gateway listens, written behind. */
@Injectable()
export class KeptCounters implements OnApplicationShutdown {
  readonly counters = new MemoryCounters();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly counts: RateLimitCounts,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    this.counters.restore(await this.counts.load());
    this.#timer = setInterval(() => {
      this.#writing = this.#writing.then(() => this.#write());
    }, WRITE_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const changed = this.counters.takeChanged(Date.now());
    if (changed.length === 0) return;
    try {
      await this.counts.save(changed);
    } catch (error) {
      // The counters in memory stay exact; what a restart would forget is bounded by how long the database is away.
      this.log.warn({ err: error, counters: changed.length }, 'rate-limit counts could not be written');
    }
  }
}
