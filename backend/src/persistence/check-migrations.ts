import { randomBytes } from 'node:crypto';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { Client, escapeIdentifier } from 'pg';
import { migrate } from './migrate.js';
import { ormOptions } from './orm-options.js';

/**
 * Whether the migrations make what the entities describe: the statements that would be missing, or an empty text. Runs
 * all migrations in a database of its own, made and dropped on the given server.
 *
 * Foreign keys are left out of the comparison: across features an entity holds a plain id, because features don't import
 * each other, and the migration alone declares the key.
 */
export async function checkMigrations(serverUrl: string, entities: NonNullable<Options['entities']>): Promise<string> {
  const name = `onecli_check_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await onServer(serverUrl, `create database ${escapeIdentifier(name)}`);
  try {
    await migrate(url.href);
    await onServer(url.href, WITHOUT_FOREIGN_KEYS);
    return await missingStatements(url.href, entities);
  } finally {
    await onServer(serverUrl, `drop database ${escapeIdentifier(name)} with (force)`);
  }
}

const WITHOUT_FOREIGN_KEYS = `do $body$
declare foreign_key record;
begin
  for foreign_key in select conrelid::regclass as on_table, conname from pg_constraint
    where contype = 'f' and connamespace = current_schema()::regnamespace
  loop
    execute format('alter table %s drop constraint %I', foreign_key.on_table, foreign_key.conname);
  end loop;
end $body$`;

async function missingStatements(url: string, entities: NonNullable<Options['entities']>): Promise<string> {
  const orm = await MikroORM.init({ ...ormOptions(url), entities });
  try {
    return (await orm.schema.getUpdateSchemaSQL({ wrap: false })).trim();
  } finally {
    await orm.close();
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
