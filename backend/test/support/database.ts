import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Client } from 'pg';

/** A database of a test's own, migrated and empty. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const TEMPLATE = 'onecli_template';

/**
 * Makes a database on the run's PostgreSQL (global-setup.ts) as a copy of a template that the first caller of the run migrates; a
 * copy takes some 40 ms.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['ONECLI_TEST_POSTGRES'];
  if (server === undefined) throw new Error('no test PostgreSQL: run this spec in the jest project e2e');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, async (client) => {
    // Two copies at once of one template are refused by PostgreSQL, and the template is made once; hence one lock for both.
    await client.query('select pg_advisory_lock(1)');
    await ensureTemplate(server, client);
    await client.query(`create database ${name} template ${TEMPLATE}`);
  });
  return {
    url: urlOf(server, name),
    drop: () => asAdmin(server, (client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

async function ensureTemplate(server: string, client: Client): Promise<void> {
  const found = await client.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
  if (found.rowCount !== 0) return;
  const unfinished = `${TEMPLATE}_unfinished`;
  await client.query(`drop database if exists ${unfinished} with (force)`);
  await client.query(`create database ${unfinished}`);
  if (existsSync(new URL('../../src/persistence/migrate.ts', import.meta.url))) {
    const source = '../../src/persistence/migrate.js';
    const { migrate } = (await import(source)) as { migrate: (url: string) => Promise<void> };
    await migrate(urlOf(server, unfinished));
  }
  await client.query(`alter database ${unfinished} rename to ${TEMPLATE}`);
}

async function asAdmin(server: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: urlOf(server, 'postgres') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  return server.replace(/[^/]*$/, database);
}
