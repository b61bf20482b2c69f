// What `npm run demo` runs: OneCLI at work in half a minute, without internet and without touching anything of yours. Installs
// and builds what is missing, then tells its story (scripts/demo/story.mjs) with the pinned Node. Runs itself on Node 20.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildStaleParts } from './build-parts.mjs';
import { installDependencies } from './install.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';

try {
  installDependencies();
  buildStaleParts();
  const story = spawn(pinnedNode(), [join(root, 'scripts/demo/story.mjs')], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches the story, too: it cleans up, and this waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && story.kill(signal));
  story.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
