import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from './postgres-account.js';
import { PostgresProcess, PostgresStartError } from './postgres-process.js';

export interface EmbeddedPostgresLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface Supervision {
  /** The cluster's directory, for messages. */
  readonly directory: string;
  readonly commandFor: (port: number) => Command;
  readonly log: EmbeddedPostgresLog;
  /** Called once when the server died and was not started again. */
  readonly onLost: (error: Error) => void;
}

const START_ATTEMPTS = 12;
/** A server that dies more often has a reason that another start does not mend. */
const DEATHS_PER_MINUTE = 5;
/** What another attempt may mend: a port that was taken meanwhile, the backends of a killed server that are still ending. */
const PASSING = /could not create any TCP|Address already in use|shared memory block|lock file/;

/** The server of one cluster, started again on the same port when it dies under us. */
export class SupervisedPostgres {
  #port = 0;
  #process: PostgresProcess | undefined;
  #stopping = false;
  #restarting: Promise<void> = Promise.resolve();
  #deaths: number[] = [];

  constructor(private readonly supervision: Supervision) {}

  get port(): number {
    return this.#port;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Throws an Error with a sentence. */
  async start(): Promise<void> {
    await this.#startOn(freePort);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restarting;
    const orderly = (await this.#process?.stop()) ?? true;
    if (!orderly)
      this.supervision.log.warn('the database server did not end in time; it replays its journal at the next start');
  }

  /** Up to 12 attempts with growing pauses, 10 seconds in all. */
  async #startOn(choosePort: () => Promise<number>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port = await choosePort();
      try {
        this.#process = await PostgresProcess.start(this.supervision.commandFor(this.#port), (line) => {
          this.supervision.log.debug(`postgres: ${line}`);
        });
        this.#process.onExit((how) => {
          this.#onExit(how);
        });
        return;
      } catch (error) {
        const mayPass = error instanceof PostgresStartError && PASSING.test(error.lines.join('\n'));
        if (!mayPass || attempt === START_ATTEMPTS || this.#stopping) throw this.#notStarted(error);
        await pause(attempt * 150);
      }
    }
  }

  #onExit(how: string): void {
    if (this.#stopping) return;
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < 60_000), now];
    if (this.#deaths.length > DEATHS_PER_MINUTE) {
      this.supervision.onLost(
        new Error(`the database server ended ${this.#deaths.length} times within a minute (${how})`),
      );
      return;
    }
    this.supervision.log.warn(`the database server ended unexpectedly (${how}); starting it again`);
    this.#restarting = this.#startAgain();
  }

  async #startAgain(): Promise<void> {
    const samePort = this.#port;
    try {
      await this.#startOn(() => Promise.resolve(samePort));
      this.supervision.log.info('the database server runs again');
    } catch (error) {
      if (!this.#stopping) this.supervision.onLost(error as Error);
    }
  }

  #notStarted(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(`the database server in ${this.supervision.directory} does not start: ${reason}`, { cause });
  }
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
