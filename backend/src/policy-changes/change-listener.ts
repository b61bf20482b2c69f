import { Client } from 'pg';
import { CHANNEL, readChange, type PolicyChange } from './policy-change.js';

const FIRST_RETRY = 100;
const LONGEST_RETRY = 5000;
const CONNECT_TIMEOUT = 5000;

interface Log {
  log(message: string): void;
  warn(message: string): void;
}

/**
 * A connection of its own that LISTENs, made anew when it breaks: after 100 ms, doubling to at most 5 s, for as long as
 * there are subscribers. TCP keep-alive finds a peer that vanished.
 */
export class ChangeListener {
  readonly #subscribers = new Set<(change: PolicyChange) => void>();
  #running: Promise<void> | undefined;
  #ready = signal();
  readonly #stop = signal();
  #closed = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly log: Log,
  ) {}

  subscribe(subscriber: (change: PolicyChange) => void): () => void {
    this.#subscribers.add(subscriber);
    if (!this.#closed) this.#running ??= this.#run();
    return () => void this.#subscribers.delete(subscriber);
  }

  async listening(): Promise<void> {
    await this.#ready.promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let retry = FIRST_RETRY; !this.#closed; retry = Math.min(retry * 2, LONGEST_RETRY)) {
      try {
        await this.#listen(() => void (retry = FIRST_RETRY));
      } catch (error) {
        this.log.warn(`policy changes don't arrive, the revision poll stands in: ${String(error)}`);
      }
      await Promise.race([this.#stop.promise, delay(retry)]);
    }
  }

  /** Returns when the connection has ended. Throws when it could not be made. */
  async #listen(connected: () => void): Promise<void> {
    const client = new Client({
      connectionString: this.databaseUrl,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    const ended = new Promise((resolve) => client.once('end', resolve));
    client.on('error', (error) => this.log.warn(`the connection that policy changes come by broke: ${error.message}`));
    client.on('notification', ({ payload }) => this.#deliver(payload));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      connected();
      this.#ready.resolve();
      await Promise.race([ended, this.#stop.promise]);
    } finally {
      this.#ready = signal();
      await client.end().catch(() => undefined);
    }
  }

  #deliver(payload: string | undefined): void {
    const change = readChange(payload);
    if (change === undefined) return;
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(change);
      } catch (error) {
        this.log.warn(`a subscriber of policy changes failed: ${String(error)}`);
      }
    }
  }
}

function signal(): { readonly promise: Promise<unknown>; readonly resolve: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { promise, resolve: () => resolve(undefined) };
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
