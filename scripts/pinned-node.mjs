import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** The Node that npm installed beside the dependencies, else the running one when it is new enough. Throws an Error with a sentence. */
export function pinnedNode() {
  const installed = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (existsSync(installed) && runs(installed)) return installed;
  const wanted = Number.parseInt(readFileSync(join(root, '.nvmrc'), 'utf8'), 10);
  if (Number.parseInt(process.versions.node, 10) >= wanted) return process.execPath;
  throw new Error(
    `OneCLI needs Node ${wanted} or later here, and this is ${process.version}. Install it (https://nodejs.org, or \`nvm install\`) and start again.`,
  );
}

function runs(node) {
  try {
    execFileSync(node, ['-e', '0'], { stdio: 'ignore' });
    return true;
  } catch {
    // A musl libc, for instance, has no loader for it.
    return false;
  }
}
