import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { LOGGER, type Logger } from '../logging/logger.js';
import { REQUEST_LOG_QUEUE } from '../queue/queue-names.js';
import { RequestLogDatabase } from './request-log.database.js';
import { STORE_ENTRIES } from './request-log.insert.js';
import { readPayload } from './request-log.payload.js';

/** SQLSTATE classes that say the data is to blame, not the server: data exception, integrity violation, program limit. */
const BLAMES_DATA = /^(?:22|23|54)/;

/**
 * Stores batches of entries. Storing one again changes nothing, so a job may run twice (worker killed, connection lost
 * after the commit).
 */
@Injectable()
@Processor(REQUEST_LOG_QUEUE, {
  concurrency: 2,
  // A job whose worker was killed is taken up again, every time: the default would fail it at the second.
  maxStalledCount: 1_000_000,
  stalledInterval: 10_000,
  lockDuration: 20_000,
  runRetryDelay: 1000,
})
export class RequestLogIngestion extends WorkerHost implements OnApplicationBootstrap {
  constructor(
    private readonly database: RequestLogDatabase,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  /** A worker whose first connection failed never recovers (BullMQ 6.7 keeps the rejection): better not to start. */
  async onApplicationBootstrap(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  /** Throws when the database is away: the queue runs the job again later. */
  async process(job: Job<unknown>): Promise<void> {
    const { lines, rejected } = readPayload(job.data);
    if (rejected > 0)
      this.logger.error({ job: job.id, rejected }, 'request log entries are malformed and were not stored');
    try {
      await this.#store(lines);
    } catch (error) {
      if (!blamesData(error)) throw error;
      await this.#storeEach(lines, job.id);
    }
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn({ reason: error.message }, 'request log worker');
  }

  async #store(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    await this.database.pool.query({ name: 'store-entries', text: STORE_ENTRIES, values: [`[${lines.join(',')}]`] });
  }

  async #storeEach(lines: readonly string[], job: string | undefined): Promise<void> {
    for (const line of lines) {
      try {
        await this.#store([line]);
      } catch (error) {
        if (!blamesData(error)) throw error;
        this.logger.error({ job, reason: String(error) }, 'a request log entry cannot be stored');
      }
    }
  }
}

function blamesData(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && BLAMES_DATA.test(code);
}
