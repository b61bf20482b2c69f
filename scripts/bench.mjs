// What `npm run bench` runs: builds what is stale and the bench beside it, then measures with the pinned Node.
import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildStaleParts } from './build-parts.mjs';
import { installDependencies } from './install.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';

try {
  installDependencies();
  buildStaleParts();
  const node = pinnedNode();
  rmSync(join(root, 'dist/bench'), { recursive: true, force: true });
  execFileSync(node, ['node_modules/@swc/cli/bin/swc.js', 'bench', '-d', 'dist', '--quiet'], { cwd: root });
  // A Ctrl-C reaches both; the bench ends what it started, and this script ends with it.
  const bench = spawn(node, ['--enable-source-maps', join(root, 'dist/bench/main.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal));
  bench.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
