import { randomBytes } from 'node:crypto';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client } from 'pg';
import { pino } from 'pino';
import { AgentsModule } from '../../src/agents/agents.module.js';
import { AgentsService } from '../../src/agents/agents.service.js';
import type { Actor } from '../../src/audit/audit-event.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { readConfig } from '../../src/config/config.js';
import { CryptoModule } from '../../src/crypto/crypto.module.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { LoggingModule } from '../../src/logging/logging.module.js';
import { PersistenceModule } from '../../src/persistence/persistence.module.js';
import { PolicyChangesModule } from '../../src/policy-changes/policy-changes.module.js';
import { SnapshotLoaderModule } from '../../src/policy/snapshot-loader.module.js';
import { ProjectsModule } from '../../src/projects/projects.module.js';
import { ProjectsService } from '../../src/projects/projects.service.js';
import { RulesModule } from '../../src/rules/rules.module.js';
import { SecretsModule } from '../../src/secrets/secrets.module.js';
import { createTestDatabase } from '../support/database.js';

export const someone: Actor = { kind: 'local-user', address: '192.0.2.7' };

/** An audit event as the database keeps it. */
export interface StoredEvent {
  readonly kind: string;
  readonly entity: string;
  readonly entity_id: string;
  readonly entity_name: string;
  readonly actor: unknown;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

/** The features over a database of their own, with the default project and agent. */
export interface DataLayer {
  readonly url: string;
  readonly ring: KeyRing;
  readonly projectId: string;
  get<T>(service: Type<T>): T;
  sql<Row extends object>(statement: string, parameters?: unknown[]): Promise<Row[]>;
  /** The audit events and the policy revision that came with the work. */
  effectsOf(work: () => Promise<unknown>): Promise<{ events: StoredEvent[]; revisions: number }>;
  /** Every row of every table as text: where a canary must not be. */
  dump(): Promise<string>;
  otherProject(): Promise<string>;
  close(): Promise<void>;
}

export async function openDataLayer(): Promise<DataLayer> {
  const database = await createTestDatabase();
  const ring = KeyRing.parse(randomBytes(32).toString('base64'));
  const app = await NestFactory.createApplicationContext(moduleOver(database.url, ring), {
    logger: ['error'],
    abortOnError: false,
  });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const sql = async <Row extends object>(statement: string, parameters: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(statement, parameters)).rows;
  const projectId = await app.get(ProjectsService).ensureDefaults();
  await app.get(AgentsService).ensureDefaults();
  return {
    url: database.url,
    ring,
    projectId,
    get: (service) => app.get(service),
    sql,
    effectsOf: async (work) => {
      const before = await marks(sql, projectId);
      await work();
      const after = await marks(sql, projectId);
      return { events: after.events.slice(before.events.length), revisions: after.revision - before.revision };
    },
    dump: async () => {
      const tables = await sql<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public'");
      const rows: object[] = [];
      for (const { name } of tables) rows.push(...(await sql(`select * from "${name}"`)));
      return rows.map((row) => Object.values(row).map(text).join(' ')).join('\n');
    },
    otherProject: async () => {
      const [row] = await sql<{ id: string }>(
        `insert into project (id, name, default_policy, policy_revision, created_at, version)
         values (gen_random_uuid(), 'Other', 'allow', 1, now() + interval '1 day', 1) returning id`,
      );
      await app.get(AgentsService).ensureDefaults();
      return row?.id ?? '';
    },
    close: async () => {
      await client.end();
      await app.close();
      await database.drop();
    },
  };
}

function moduleOver(databaseUrl: string, ring: KeyRing): Type {
  @Module({
    imports: [
      ConfigModule.of(readConfig({ DATABASE_URL: databaseUrl })),
      CryptoModule.of(ring),
      LoggingModule.of(pino({ level: 'silent' })),
      PersistenceModule.of(databaseUrl),
      PolicyChangesModule,
      ProjectsModule,
      AgentsModule,
      SecretsModule,
      RulesModule,
      SnapshotLoaderModule,
    ],
  })
  class DataLayerModule {}
  return DataLayerModule;
}

async function marks(sql: DataLayer['sql'], projectId: string): Promise<{ events: StoredEvent[]; revision: number }> {
  const events = await sql<StoredEvent>(
    'select kind, entity, entity_id, entity_name, actor, before, after from audit_event where project_id = $1 order by id',
    [projectId],
  );
  const [row] = await sql<{ revision: string }>('select policy_revision as revision from project where id = $1', [
    projectId,
  ]);
  return { events, revision: Number(row?.revision) };
}

function text(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value);
}
