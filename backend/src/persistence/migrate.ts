import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { ormOptions } from './orm-options.js';

const OLDEST_VERSION = 14;
/** Arbitrary, and the same in every process: who holds it migrates, the others wait and then find nothing to do. */
const MIGRATION_LOCK = 7_264_451_001;
const CONNECT_TIMEOUT = 10_000;

/** The database can't be used as it is. The message is a sentence for who starts the program. */
export class DatabaseUnusableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseUnusableError';
  }
}

/**
 * Brings the database's schema to this program's version. Safe to call from several processes at once and at every
 * start. Throws {@link DatabaseUnusableError} when the server refuses, is too old, or a migration fails.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const lock = await connect(databaseUrl);
  try {
    await refuseOldServer(lock);
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runMigrations(databaseUrl);
  } finally {
    // Ending the session gives the lock back.
    await lock.end();
  }
}

async function connect(databaseUrl: string): Promise<Client> {
  try {
    const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT });
    await client.connect();
    // A server that goes away meanwhile fails the query that runs; without a listener the event would end the process.
    client.on('error', () => undefined);
    return client;
  } catch (cause) {
    throw new DatabaseUnusableError(`The database at ${withoutPassword(databaseUrl)} can't be used: ${reason(cause)}`, {
      cause,
    });
  }
}

async function refuseOldServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  const major = Math.floor((rows[0]?.version ?? 0) / 10_000);
  if (major < OLDEST_VERSION) {
    throw new DatabaseUnusableError(`PostgreSQL ${major} is too old: OneCLI needs ${OLDEST_VERSION} or later`);
  }
}

async function runMigrations(databaseUrl: string): Promise<void> {
  const orm = await MikroORM.init({ ...ormOptions(databaseUrl), entities: [], pool: { min: 0, max: 2 } });
  try {
    await orm.migrator.up();
  } catch (cause) {
    throw new DatabaseUnusableError(`The database's schema could not be brought up to date: ${reason(cause)}`, {
      cause,
    });
  } finally {
    await orm.close();
  }
}

function reason(cause: unknown): string {
  // A refused connection to a name with several addresses is an AggregateError with an empty message.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
}

function withoutPassword(databaseUrl: string): string {
  try {
    const { hostname, port, pathname } = new URL(databaseUrl);
    return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}
