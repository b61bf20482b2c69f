import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { checkMigrations } from '../../src/persistence/check-migrations.js';
import { DatabaseUnusableError, migrate } from '../../src/persistence/migrate.js';
import { MIGRATIONS } from '../../src/persistence/migrations-list.js';
import { ormOptions } from '../../src/persistence/orm-options.js';
import { createTestDatabase } from '../support/database.js';

const sources = fileURLToPath(new URL('../../src/', import.meta.url));

/** Every class that a file named *.entity.ts exports, found as the command line finds them. */
async function allEntities(): Promise<(new () => object)[]> {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.entity.ts'),
  );
  const modules = await Promise.all(
    files.map(async (file): Promise<object> => (await import(`${sources}${file}`)) as object),
  );
  return modules.flatMap((module) => Object.values(module)).filter((value) => typeof value === 'function');
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the migrations', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  beforeEach(async () => void (database = await createTestDatabase()));
  afterEach(async () => database.drop());

  it('make exactly what the entities describe', async () => {
    expect(await checkMigrations(database.url, await allEntities())).toBe('');
  });

  it('run once, although several processes start at the same time and again later', async () => {
    await query(database.url, 'create database "untouched"');
    const untouched = database.url.replace(/[^/]*$/, 'untouched');
    try {
      await Promise.all([migrate(untouched), migrate(untouched), migrate(untouched)]);
      await migrate(untouched);
      const rows = await query<{ name: string }>(untouched, 'select name from migration order by id');
      expect(rows.map(({ name }) => name)).toEqual(MIGRATIONS.map(({ name }) => name));
    } finally {
      await query(database.url, 'drop database "untouched" with (force)');
    }
  });

  it('go back to nothing', async () => {
    const orm = await MikroORM.init({ ...ormOptions(database.url), entities: [] });
    try {
      await orm.migrator.down({ to: 0 });
    } finally {
      await orm.close();
    }
    const left = await query(
      database.url,
      "select 1 from pg_class where relnamespace = 'public'::regnamespace and relname not like 'migration%'",
    );
    expect(left).toEqual([]);
  });

  it('leave an audit trail that nobody can rewrite', async () => {
    const id = '019b0000-0000-7000-8000-000000000001';
    await query(
      database.url,
      `insert into audit_event (id, project_id, at, actor, kind, entity, entity_id, entity_name)
       values ('${id}', '${id}', now(), '{}', 'rule.created', 'rule', '${id}', 'x')`,
    );
    for (const statement of ["update audit_event set kind = 'y'", 'delete from audit_event', 'truncate audit_event']) {
      await expect(query(database.url, statement)).rejects.toThrow('audit_event is append-only');
    }
    expect(await query(database.url, 'select kind from audit_event')).toEqual([{ kind: 'rule.created' }]);
  });
});

describe('a database that can not be used', () => {
  it('is said in one sentence without its password', async () => {
    const failed = migrate('postgresql://someone:hunter2@127.0.0.1:1/nowhere');
    await expect(failed).rejects.toBeInstanceOf(DatabaseUnusableError);
    await expect(failed).rejects.toThrow(/^The database at 127\.0\.0\.1:1\/nowhere can't be used: .*ECONNREFUSED/);
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });
});
