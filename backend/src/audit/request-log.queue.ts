import { constants, zstdCompressSync, type ZstdOptions } from 'node:zlib';
import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Queue, type JobsOptions } from 'bullmq';
import { LOGGER, type Logger } from '../logging/logger.js';
import { REQUEST_LOG_QUEUE } from '../queue/queue-names.js';
import type { SpoolBatch } from './spool-format.js';

/**
 * What a job carries: one request log entry per line, as JSON, in one Zstandard frame as base64. Entries resemble each other: a
 * batch becomes twenty times smaller for 1 µs an entry, less than escaping its quotes for the queue would cost.
 */
export interface RequestLogJob {
  readonly zstd: string;
}

const FAST: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function packJob(lines: string): RequestLogJob {
  return { zstd: zstdCompressSync(lines, FAST).toString('base64') };
}

/**
 * An entry is never given up because the database was away: a job is tried again every two seconds for as long as it takes.
 * Entries that can never be stored are sorted out by the ingestion itself.
 */
const JOB: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 2000 },
  removeOnComplete: true,
  removeOnFail: { count: 1000 },
  stackTraceLimit: 1,
  keepLogs: 0,
};

/** The recorder's end of the request log queue. */
@Injectable()
export class RequestLogQueue implements OnModuleInit {
  constructor(
    @InjectQueue(REQUEST_LOG_QUEUE) private readonly queue: Queue,
    @Inject(LOGGER) logger: Logger,
  ) {
    // Without a listener a lost connection would end the process; the shipper sees the failure of its own call.
    queue.on('error', (error) => logger.debug({ reason: error.message }, 'request log queue'));
  }

  /** A queue whose first connection failed never recovers (BullMQ 6.7 keeps the rejection): better not to start. */
  async onModuleInit(): Promise<void> {
    await this.queue.waitUntilReady();
  }

  /** Resolves once the job is committed. A job of the same id that still waits is not added twice. */
  async hand(id: string, batch: SpoolBatch): Promise<void> {
    await this.queue.add('store', packJob(batch.lines), { ...JOB, jobId: id });
  }
}
