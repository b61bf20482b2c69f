// What `npm run build` runs: everything, stale or not.
import { buildStaleParts } from './build-parts.mjs';
import { installDependencies } from './install.mjs';

try {
  installDependencies();
  buildStaleParts({ force: true });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
