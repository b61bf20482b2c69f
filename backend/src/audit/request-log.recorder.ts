import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { LOGGER, type Logger } from '../logging/logger.js';
import type { RequestLogEntry } from './request-log.entry.js';
import { RequestLogQueue } from './request-log.queue.js';
import { encodeBatch } from './spool-format.js';
import { adoptAbandoned, renewLease } from './spool-lease.js';
import { SpoolShipper } from './spool-shipper.js';
import { Spool } from './spool.js';

/** How long an entry may be in memory only, in milliseconds; `kill -9` loses no older one. */
const SYNC_MS = 200;
const LEASE_MS = 2000;
const ADOPT_MS = 5000;
/** Most entries in memory: reached only when the disk refuses to take them. */
const BUFFERED_ENTRIES = 50_000;
/** What an entry is taken for until the first ones were measured, in bytes. */
const TYPICAL_ENTRY_BYTES = 800;
/** How long a flush waits for the queue, in milliseconds; what is not taken then is on disk. */
const HAND_OVER_MS = 5000;
const DROP_REPORT_MS = 10_000;

/** What became of the entries of this process. */
export interface RecorderCounts {
  readonly appended: number;
  /** Refused because the spool was full, or lost at the end because the disk did not take them. */
  readonly dropped: number;
  /** In memory, not yet on disk. */
  readonly buffered: number;
  /** On disk, not yet with the queue. */
  readonly spoolBytes: number;
}

/** Records exchanges off the request path: memory, then the spool on disk, then the queue. */
@Injectable()
export class RequestLogRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  #buffer: RequestLogEntry[] = [];
  #open: { spool: Spool; shipper: SpoolShipper; timers: NodeJS.Timeout[] } | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #writing: Promise<void> | undefined;
  #appended = 0;
  #dropped = 0;
  #reported = { dropped: 0, at: -Infinity };
  #entryBytes = TYPICAL_ENTRY_BYTES;
  #spoolBytes = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly queue: RequestLogQueue,
  ) {}

  /** Takes an entry. Never throws, never waits. False: the spool is full, the entry is dropped and counted. */
  append(entry: RequestLogEntry): boolean {
    if (this.full) {
      this.#dropped += 1;
      return false;
    }
    this.#buffer.push(entry);
    this.#appended += 1;
    return true;
  }

  /** Whether the next entry would be dropped: strict projects refuse the request instead. */
  get full(): boolean {
    const buffered = this.#buffer.length;
    return (
      buffered >= BUFFERED_ENTRIES || this.#spoolBytes + buffered * this.#entryBytes >= this.config.audit.spoolMaxBytes
    );
  }

  get counts(): RecorderCounts {
    return {
      appended: this.#appended,
      dropped: this.#dropped,
      buffered: this.#buffer.length,
      spoolBytes: this.#spoolBytes,
    };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Opens the spool and begins with what dead processes left. Idempotent. Throws when the spool cannot be made. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** What was appended so far is on disk, and with the queue if that takes it in time. */
  async flush(): Promise<void> {
    await this.#write();
    await this.#open?.shipper.drained(HAND_OVER_MS);
    this.#measure();
  }

  /** Flushes and gives the spool up; another process adopts what is left in it. Idempotent; the last call of all. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #start(): Promise<void> {
    const spool = await Spool.open({
      root: join(this.config.dataDir, 'spool'),
      replica: this.config.replica,
      segmentBytes: Math.min(4 * 1024 * 1024, this.config.audit.spoolMaxBytes / 8),
    });
    await renewLease(spool);
    const shipper = new SpoolShipper(spool, (id, batch) => this.queue.hand(id, batch), this.logger);
    const timers = [
      setInterval(() => void this.#tick(), SYNC_MS),
      setInterval(() => void renewLease(spool).catch((error: unknown) => this.#complain(error)), LEASE_MS),
      setInterval(() => void this.#adopt(), ADOPT_MS),
    ];
    for (const timer of timers) timer.unref();
    this.#open = { spool, shipper, timers };
    await this.#adopt();
  }

  async #stop(): Promise<void> {
    if (this.#starting === undefined) return;
    await this.#starting;
    const open = this.#open;
    if (open === undefined) return;
    for (const timer of open.timers) clearInterval(timer);
    await this.#write();
    await open.spool.seal();
    await open.shipper.drained(HAND_OVER_MS);
    open.shipper.stop();
    this.#dropped += this.#buffer.length;
    await renewLease(open.spool, true).catch((error: unknown) => this.#complain(error));
    await open.spool.close();
    this.#open = undefined;
    this.#report();
  }

  async #tick(): Promise<void> {
    await this.#write();
    await this.#open?.spool.sealIfDue().catch((error: unknown) => this.#complain(error));
    this.#open?.shipper.wake();
    this.#measure();
    if (performance.now() - this.#reported.at >= DROP_REPORT_MS) this.#report();
  }

  /** Writes what is buffered. One at a time: who comes while it runs waits for it and then writes the rest. */
  async #write(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#buffer.length === 0 || this.#open === undefined) return;
    this.#writing = this.#spool(this.#open.spool).catch((error: unknown) => this.#complain(error));
    await this.#writing;
    this.#writing = undefined;
    this.#measure();
  }

  /** Entries leave the buffer once they are durable. Writing one twice is harmless: it is stored once by its id. */
  async #spool(spool: Spool): Promise<void> {
    const entries = this.#buffer;
    const count = entries.length;
    let bytes = 0;
    let done = 0;
    while (done < count) {
      const batch = encodeBatch(entries, done);
      await spool.append(batch.bytes);
      done += batch.count;
      bytes += batch.bytes.length;
    }
    if (!(await spool.sync())) {
      this.logger.warn('another replica took this spool for abandoned; writing the last entries again');
      return this.#spool(spool);
    }
    this.#buffer = entries.slice(done);
    this.#entryBytes = Math.max(1, bytes / done);
  }

  async #adopt(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    try {
      const segments = await adoptAbandoned(open.spool);
      if (segments === 0) return;
      this.logger.info({ segments }, 'adopted what an ended process left in the audit spool');
      open.shipper.wake();
    } catch (error) {
      this.#complain(error);
    }
  }

  #measure(): void {
    this.#spoolBytes = this.#open?.spool.bytes ?? this.#spoolBytes;
  }

  #report(): void {
    if (this.#dropped === this.#reported.dropped) return;
    const dropped = this.#dropped - this.#reported.dropped;
    this.#reported = { dropped: this.#dropped, at: performance.now() };
    this.logger.error(
      { dropped, droppedInAll: this.#dropped },
      'request log entries were dropped: the audit spool is full',
    );
  }

  #complain(error: unknown): void {
    this.logger.error({ reason: String(error) }, 'the audit spool cannot be written; trying again');
  }
}
