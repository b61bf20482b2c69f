import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import { MIGRATIONS } from './migrations-list.js';

/**
 * What every user of the ORM shares: the server, the migrations and the command line. Entities are not named here: a
 * feature's module registers its own, the command line finds them by their file name.
 */
export function ormOptions(databaseUrl: string): Options {
  return defineConfig({
    clientUrl: databaseUrl,
    metadataProvider: ReflectMetadataProvider,
    metadataCache: { enabled: false },
    // Each use case forks: a shared identity map would leak one request's rows into another.
    allowGlobalContext: false,
    forceUtcTimezone: true,
    extensions: [Migrator],
    discovery: { warnWhenNoEntities: false },
    migrations: { migrationsList: MIGRATIONS, snapshot: false, tableName: 'migration', silent: true },
    schemaGenerator: {
      ignoreSchema: ['bullmq'],
      // Tables without an entity: read and written in SQL, in bulk or by one file.
      skipTables: ['installation', 'request_log', 'agent_usage', 'secret_usage'],
      // Triggers and their functions are written by hand in migrations; entities know nothing of them.
      ignoreTriggers: true,
      ignoreRoutines: true,
    },
  });
}
