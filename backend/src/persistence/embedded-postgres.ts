import { mkdir } from 'node:fs/promises';
import { Client } from 'pg';
import { lockDataDirectory } from './data-directory-lock.js';
import { stopOrphanedServer } from './orphaned-postgres.js';
import { postgresAccount } from './postgres-account.js';
import { openCluster, postgresPrograms, SUPERUSER } from './postgres-cluster.js';
import { type EmbeddedPostgresLog, SupervisedPostgres } from './supervised-postgres.js';

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

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  // What a failing statement says may hold values of rows; only the sentence is logged.
  'log_error_verbosity=terse',
  'log_min_error_statement=panic',
];

/**
 * Starts the PostgreSQL of a data directory, made on first use. One server per directory, whoever dies in which order: our lock
 * keeps a second start out, and PostgreSQL's own check keeps it off the backends of a killed server. Throws an Error
 * with a sentence.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataDirectory(options.dataDir);
  try {
    return await startLocked(options, () => {
      lock.release();
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(options: EmbeddedPostgresOptions, release: () => void): Promise<EmbeddedPostgres> {
  const [programs, account] = await Promise.all([postgresPrograms(), postgresAccount()]);
  const { directory, password } = await openCluster(options.dataDir, programs, account);
  const recovered = await stopOrphanedServer(directory);
  if (recovered !== undefined) options.log.warn(recovered);
  const settings = [...SETTINGS, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting]);
  const server = new SupervisedPostgres({
    directory,
    commandFor: (port) =>
      account.wrap({ file: programs.postgres, args: ['-D', directory, ...settings, '-c', `port=${port}`] }, 'INT'),
    log: options.log,
    onLost: options.onLost ?? (() => undefined),
  });
  await server.start();
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${server.port}/${DATABASE}`;
  await ensureDatabase(url).catch((error: unknown) => server.stop().then(() => Promise.reject(error as Error)));
  return {
    url,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop().finally(release),
  };
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url.replace(/[^/]*$/, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
