import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import type { RequestLogEntryView } from '../../../libs/contracts/requests.js';
import { CONFIG, type Config } from '../config/config.js';
import { LOGGER, type Logger } from '../logging/logger.js';
import { REQUEST_LOGGED } from './request-log.insert.js';
import { RequestLogReader, type RequestLogScope } from './request-log.reader.js';

/**
 * Gets entries that were stored since the last call, oldest first. A later call may bring an exchange that began earlier: it
 * ended later, or another worker stored it. Must not throw.
 */
export type RequestLogListener = (entries: readonly RequestLogEntryView[]) => void;

interface Subscription {
  readonly scope: RequestLogScope;
  readonly listener: RequestLogListener;
}

const RECONNECT_MS = 1000;
/** How long news is gathered, in milliseconds: one read for a burst, and batches that were stored side by side in order. */
const GATHER_MS = 50;
/** How far before a lost connection the log is read again, in milliseconds: exchanges are stored after they began. */
const GAP_OVERLAP_MS = 5000;
/** Entries that are told at most after a gap; who missed more reads the list. */
const GAP_ENTRIES = 500;

/** Tells subscribers of new entries as they are stored. Connected to the database only while somebody listens. */
@Injectable()
export class RequestLogFeed implements OnApplicationShutdown {
  readonly #subscriptions = new Set<Subscription>();
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #lostAt: number | undefined;
  #closed = false;
  /** Ids of stored entries by project (nobody's under ''), not told yet. */
  #news = new Map<string, string[]>();
  #gathering: NodeJS.Timeout | undefined;
  /** Deliveries run one after the other, so that order is kept. */
  #deliveries: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly reader: RequestLogReader,
  ) {}

  /** Returns the function that ends the subscription. Entries stored before the connection stands are not told. */
  subscribe(scope: RequestLogScope, listener: RequestLogListener): () => void {
    const subscription = { scope, listener };
    this.#subscriptions.add(subscription);
    this.#connect();
    return () => {
      this.#subscriptions.delete(subscription);
      if (this.#subscriptions.size === 0) this.#disconnect();
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    this.#subscriptions.clear();
    this.#disconnect();
    await this.#deliveries;
  }

  #connect(): void {
    if (this.#client !== undefined || this.#closed) return;
    clearTimeout(this.#retry);
    const client = new pg.Client({
      connectionString: this.config.database.url,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      application_name: 'onecli-request-log-feed',
    });
    this.#client = client;
    client.on('notification', ({ payload }) => this.#told(payload ?? ''));
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the connection ended')));
    client
      .connect()
      .then(() => client.query(`listen ${REQUEST_LOGGED}`))
      .then(() => this.#recover())
      .catch((error: unknown) => this.#lost(client, error));
  }

  #disconnect(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#news.clear();
    const client = this.#client;
    this.#client = undefined;
    this.#lostAt = undefined;
    client?.end().catch(() => undefined);
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return;
    this.logger.warn({ reason: String(error) }, 'the request log feed lost its connection; connecting again');
    this.#client = undefined;
    this.#lostAt ??= Date.now();
    client.end().catch(() => undefined);
    this.#retry = setTimeout(() => this.#connect(), RECONNECT_MS);
    this.#retry.unref();
  }

  /** `<project id or nothing> <ids>`, see STORE_ENTRIES. */
  #told(payload: string): void {
    const [projectId = '', ids = ''] = payload.split(' ');
    const concerns = [...this.#subscriptions].some(({ scope }) =>
      projectId === '' ? scope.includeUnattributed : scope.projectId === projectId,
    );
    if (!concerns) return;
    this.#news.set(projectId, [...(this.#news.get(projectId) ?? []), ...ids.split(',')]);
    this.#gathering ??= setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell(): void {
    const news = this.#news;
    this.#news = new Map();
    this.#gathering = undefined;
    this.#queue(async () => {
      for (const subscription of [...this.#subscriptions]) {
        const { scope, listener } = subscription;
        const ids = [
          ...(news.get(scope.projectId) ?? []),
          ...((scope.includeUnattributed ? news.get('') : undefined) ?? []),
        ];
        const entries = ids.length === 0 ? [] : await this.reader.byIds(scope, ids);
        if (entries.length > 0 && this.#subscriptions.has(subscription)) listener(entries);
      }
    });
  }

  /** Reads what was stored while nobody listened. What was told before may be told again: entries have ids. */
  #recover(): void {
    if (this.#lostAt === undefined) return;
    const from = new Date(this.#lostAt - GAP_OVERLAP_MS).toISOString();
    this.#lostAt = undefined;
    this.#queue(async () => {
      for (const subscription of [...this.#subscriptions]) {
        const { items } = await this.reader.list(subscription.scope, { from }, null, GAP_ENTRIES);
        if (items.length > 0 && this.#subscriptions.has(subscription)) subscription.listener([...items].reverse());
      }
    });
  }

  #queue(deliver: () => Promise<void>): void {
    this.#deliveries = this.#deliveries.then(deliver).catch((error: unknown) => {
      this.#lostAt ??= Date.now();
      this.logger.warn({ reason: String(error) }, 'new request log entries could not be read');
    });
  }
}
