// What `npm run dev` runs: server and console, each rebuilt when its sources change. The console's own server passes the API's
// paths on (console/proxy.conf.json).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildStaleParts } from './build-parts.mjs';
import { installDependencies } from './install.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';

const SWC = [
  'node_modules/@swc/cli/bin/swc.js',
  'backend/src',
  'cli/src',
  'libs',
  '-d',
  'dist',
  '--ignore',
  '**/*.spec.ts',
  '--quiet',
  '--watch',
];
const SERVER = ['--watch', '--watch-preserve-output', '--enable-source-maps', 'dist/backend/src/main.js'];
const CONSOLE = ['node_modules/@angular/cli/bin/ng.js', 'serve'];

try {
  installDependencies();
  buildStaleParts();
  const commands = existsSync(join(root, 'angular.json')) ? [SWC, SERVER, CONSOLE] : [SWC, SERVER];
  runUntilSignal(
    commands.map((command) => spawn(pinnedNode(), command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })),
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** The first that ends, and a signal, end all. */
function runUntilSignal(children) {
  const end = () => children.forEach((child) => child.kill('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  for (const child of children) child.on('exit', end);
}
