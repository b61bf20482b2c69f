import { fileURLToPath } from 'node:url';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { checkMigrations } from './check-migrations.js';
import { ormOptions } from './orm-options.js';

const sources = fileURLToPath(new URL('..', import.meta.url));
const entities = [`${sources}**/*.entity.js`];

/** `migration:check` compares as check-migrations.ts says, in a database of its own on the given server. */
class CheckingMigrator extends Migrator {
  static override register(orm: MikroORM): void {
    orm.config.registerExtension('@mikro-orm/migrator', () => new CheckingMigrator(orm.em));
  }

  override async checkSchema(): Promise<boolean> {
    return (await checkMigrations(this.config.get('clientUrl'), entities)) !== '';
  }
}

/**
 * For MikroORM's command line, on the compiled program:
 * `MIKRO_ORM_CLIENT_URL=… npx mikro-orm migration:check --config dist/backend/src/persistence/mikro-orm.config.js`.
 */
const config = {
  ...ormOptions('postgresql://localhost/onecli'),
  entities,
  // The plain one too: MikroORM adds it by itself when it misses the name, and the last one counts.
  extensions: [Migrator, CheckingMigrator],
};

// The command line takes a default export only.
export default config;
