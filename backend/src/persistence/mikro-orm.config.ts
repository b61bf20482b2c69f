import { fileURLToPath } from 'node:url';
import { ormOptions } from './orm-options.js';

const sources = fileURLToPath(new URL('..', import.meta.url));

/**
 * For MikroORM's command line, on the compiled program and with the server named by `MIKRO_ORM_CLIENT_URL`:
 * `npx mikro-orm migration:create --config dist/backend/src/persistence/mikro-orm.config.js`.
 */
const config = {
  ...ormOptions('postgresql://localhost/onecli'),
  entities: [`${sources}**/*.entity.js`],
};

// The command line takes a default export only.
export default config;
