import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const OLDEST_NODE = 20;
const STAMP = join(root, 'node_modules', '.installed-lockfile');

/** Installs the dependencies when they are missing or the lockfile has changed since. Throws an Error with a sentence. */
export function installDependencies() {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new Error(`Node ${OLDEST_NODE} or later is needed to begin with, and this is ${process.version}.`);
  }
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (isInstalled(lockfile)) return;
  const started = Date.now();
  console.log('Installing dependencies (about a minute the first time) …');
  // A caller's NODE_ENV=production would leave out what builds the console.
  const environment = { ...process.env, NODE_ENV: 'development', NPM_CONFIG_OMIT: '', npm_config_omit: '' };
  const npm = spawnSync(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: environment,
    },
  );
  if (npm.error !== undefined)
    throw new Error(`npm cannot be run (${npm.error.message}). Install npm 10 or later and start again.`);
  if (npm.signal !== null) throw new Error('Installing was interrupted; start again to go on.');
  if (npm.status !== 0) {
    throw new Error(
      'The dependencies could not be installed: npm says why above. Without a network there is nothing to install from; ' +
        'behind a proxy set HTTPS_PROXY, and for a registry of your own NPM_CONFIG_REGISTRY. Then start again.',
    );
  }
  writeFileSync(STAMP, lockfile);
  console.log(`Installed dependencies in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** By our stamp, or by npm's own record when somebody ran npm by hand: an install that fits is not done twice. */
function isInstalled(lockfile) {
  if (existsSync(STAMP)) return readFileSync(STAMP, 'utf8') === lockfile;
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const fits = Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' || (installed[path] === undefined ? entry.optional : installed[path].version === entry.version),
  );
  if (fits) writeFileSync(STAMP, lockfile);
  return fits;
}
