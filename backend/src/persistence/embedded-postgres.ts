import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { lockDataDirectory } from './data-directory-lock.js';
import { stopOrphanedServer } from './orphaned-postgres.js';
import { type PostgresAccount, postgresAccount } from './postgres-account.js';
import {
  openCluster,
  type PostgresCluster,
  type PostgresPrograms,
  postgresPrograms,
  SUPERUSER,
} from './postgres-cluster.js';

export interface EmbeddedPostgresLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly log: EmbeddedPostgresLog;
  /** Further `name=value` settings of the server. */
  readonly settings?: readonly string[];
  /** Called once when the server died and could not be started again. */
  readonly onLost?: (error: Error) => void;
}

export interface EmbeddedPostgres {
  /** Address with user and password; stays the same when the server has to be restarted. */
  readonly url: string;
  /** The server's process; changes when it has to be restarted. */
  readonly pid: number;
  stop(): Promise<void>;
}

const DATABASE = 'onecli';
const START_ATTEMPTS = 12;
const STOP_TIMEOUT_MS = 20_000;
const KILL_TIMEOUT_MS = 5000;

/**
 * Starts the PostgreSQL of a data directory, made on first use. One server per directory, whoever dies in which order: our lock
 * keeps a second start out, and PostgreSQL's own check keeps it off the backends of a killed server. Throws an Error
 * with a sentence.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataDirectory(options.dataDir);
  try {
    const [programs, account] = await Promise.all([postgresPrograms(), postgresAccount()]);
    const cluster = await openCluster(options.dataDir, programs, account);
    const recovered = await stopOrphanedServer(cluster.directory);
    if (recovered !== undefined) options.log.warn(recovered);
    const server = new SupervisedServer(options, programs, account, cluster);
    await server.start();
    return {
      url: server.url,
      get pid() {
        return server.pid;
      },
      stop: () => server.stop().finally(() => lock.release()),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

class SupervisedServer {
  #port = 0;
  #child: ChildProcess | undefined;
  #stopping = false;
  #restart: Promise<void> = Promise.resolve();
  readonly #lastWords: string[] = [];

  constructor(
    private readonly options: EmbeddedPostgresOptions,
    private readonly programs: PostgresPrograms,
    private readonly account: PostgresAccount,
    private readonly cluster: PostgresCluster,
  ) {}

  get url(): string {
    return `postgres://${SUPERUSER}:${this.cluster.password}@127.0.0.1:${this.#port}/${DATABASE}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    await this.#launchUntilReady(() => freePort());
    try {
      await this.#ensureDatabase();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends the server as PostgreSQL's fast shutdown does; a server that does not end is killed after 25 seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restart;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    if (await within(exited, STOP_TIMEOUT_MS)) return;
    this.options.log.warn(
      'the database server does not end; it is ended without a checkpoint and replays its journal at the next start',
    );
    child.kill('SIGQUIT');
    if (await within(exited, KILL_TIMEOUT_MS)) return;
    child.kill('SIGKILL');
    await exited;
  }

  /**
   * Tries again, with growing pauses (10 s in all), while another process has the port or the backends of a killed server are
   * still ending.
   */
  async #launchUntilReady(port: () => Promise<number>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port = await port();
      if (await this.#launch()) return;
      const reason =
        this.#lastWords.findLast((line) => line.includes('FATAL')) ?? this.#lastWords.at(-1) ?? 'it gave no reason';
      const passing = /could not create any TCP|shared memory block|Address already in use|lock file/.test(
        this.#lastWords.join('\n'),
      );
      if (!passing || attempt === START_ATTEMPTS || this.#stopping) {
        throw new Error(
          `the database server in ${this.cluster.directory} does not start: ${reason.replace(/^.*FATAL: +/, '')}`,
        );
      }
      await pause(attempt * 150);
    }
  }

  /** True when the server takes connections, false when it ended before. */
  async #launch(): Promise<boolean> {
    const command = this.account.wrap({ file: this.programs.postgres, args: this.#arguments() }, 'INT');
    // A session of its own: a terminal's Ctrl-C must not end it before the audit is flushed.
    const child = spawn(command.file, command.args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    this.#lastWords.length = 0;
    const ready = new Promise<boolean>((resolve) => {
      child.once('error', (error) => {
        this.#lastWords.push(error.message);
        resolve(false);
      });
      createInterface({ input: child.stderr })
        .on('line', (line) => {
          this.#hear(line);
          if (line.includes('ready to accept connections')) resolve(true);
        })
        .once('close', () => resolve(false));
    });
    if (!(await ready)) return false;
    this.#child = child;
    child.once('exit', (code, signal) => this.#onExit(signal ?? `code ${code}`));
    return true;
  }

  #onExit(how: string): void {
    if (this.#stopping) return;
    this.options.log.warn(`the database server ended unexpectedly (${how}); starting it again`);
    this.#restart = this.#relaunch();
  }

  async #relaunch(): Promise<void> {
    const port = this.#port;
    try {
      await this.#launchUntilReady(() => Promise.resolve(port));
      this.options.log.info('the database server runs again');
    } catch (error) {
      if (!this.#stopping) this.options.onLost?.(error as Error);
    }
  }

  #hear(line: string): void {
    this.#lastWords.push(line);
    if (this.#lastWords.length > 30) this.#lastWords.shift();
    if (/ (FATAL|PANIC|WARNING): /.test(line) && !this.#stopping) this.options.log.debug(`postgres: ${line}`);
    else this.options.log.debug(`postgres: ${line}`);
  }

  #arguments(): string[] {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      `port=${this.#port}`,
      'max_connections=200',
      // What a failing statement says may hold values of rows; only the sentence is logged.
      'log_error_verbosity=terse',
      'log_min_error_statement=panic',
      ...(this.options.settings ?? []),
    ];
    return ['-D', this.cluster.directory, ...settings.flatMap((setting) => ['-c', setting])];
  }

  async #ensureDatabase(): Promise<void> {
    const client = new Client({ connectionString: this.url.replace(/[^/]*$/, 'postgres') });
    await client.connect();
    try {
      const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
    } finally {
      await client.end();
    }
  }
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

async function within(event: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timeout = new AbortController();
  const outcome = await Promise.race([
    event.then(() => true),
    pause(milliseconds, false, { signal: timeout.signal }).catch(() => false),
  ]);
  timeout.abort();
  return outcome;
}
