// What `npm start` runs: installs what is missing, builds what is stale, then runs the server with the pinned Node. Runs itself on
// Node 20 without any dependency.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildStaleParts } from './build-parts.mjs';
import { installDependencies } from './install.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

try {
  installDependencies();
  buildStaleParts();
  serve(pinnedNode());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * A terminal's Ctrl-C reaches npm, this script and the server alike; a supervisor's SIGTERM only npm, which passes it on. So it is
 * passed on here as well, the server takes two within a second for one, and this script ends when the server has.
 */
function serve(node) {
  // The channel tells the server when this script is gone, killed perhaps: it ends then, instead of holding its ports unseen.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const main = join(root, 'dist/backend/src/main.js');
  const server = spawn(node, ['--enable-source-maps', main, ...process.argv.slice(2)], { stdio });
  for (const signal of SIGNALS) process.on(signal, () => server.kill(signal));
  const watch = endWhenNpmIsGone(server);
  server.on('error', (error) => {
    console.error(`The server could not be started: ${error.message}`);
    process.exit(1);
  });
  server.on('exit', (code, signal) => {
    clearInterval(watch);
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}

/** npm killed with SIGKILL passes nothing on; its child then has another parent. */
function endWhenNpmIsGone(server) {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) server.kill('SIGTERM');
  }, 500);
}
