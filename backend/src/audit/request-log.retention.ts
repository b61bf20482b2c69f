import { setTimeout as pause } from 'node:timers/promises';
import { InjectQueue, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Queue } from 'bullmq';
import { CONFIG, type Config } from '../config/config.js';
import { LOGGER, type Logger } from '../logging/logger.js';
import { RETENTION_QUEUE } from '../queue/queue-names.js';
import { RequestLogDatabase } from './request-log.database.js';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Rows in one transaction: a slice takes some 50 ms, and no lock that an insert would wait for. */
const SLICE_ROWS = 5000;
/** Between slices, so that a long clean-up leaves the disk to others. */
const PAUSE_MS = 50;

/** Removes entries past their time, every hour, on one worker at a time. */
@Injectable()
@Processor(RETENTION_QUEUE, { concurrency: 1, maxStalledCount: 1_000_000, runRetryDelay: 1000 })
export class RequestLogRetention extends WorkerHost implements OnApplicationBootstrap {
  constructor(
    @InjectQueue(RETENTION_QUEUE) private readonly queue: Queue,
    private readonly database: RequestLogDatabase,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
    queue.on('error', (error) => logger.debug({ reason: error.message }, 'retention queue'));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.worker.waitUntilReady();
    const opts = { attempts: 5, backoff: { type: 'fixed', delay: 60_000 }, removeOnComplete: 10, removeOnFail: 10 };
    await this.queue.upsertJobScheduler('expire', { every: EVERY_MS }, { name: 'expire', opts });
  }

  async process(): Promise<void> {
    const before = new Date(Date.now() - this.config.audit.retentionDays * DAY_MS);
    const removed = await this.expire(before);
    if (removed > 0)
      this.logger.info({ removed, before: before.toISOString() }, 'removed request log entries past their time');
  }

  /** Removes all entries that began before the time, in slices. Answers how many. */
  async expire(before: Date, slice = SLICE_ROWS): Promise<number> {
    let removed = 0;
    for (;;) {
      const rows = await this.database.rows<{ count: number }>('select request_log_expire($1, $2) as count', [
        before,
        slice,
      ]);
      const count = rows[0]?.count ?? 0;
      removed += count;
      if (count < slice) return removed;
      await pause(PAUSE_MS);
    }
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn({ reason: error.message }, 'retention worker');
  }
}
