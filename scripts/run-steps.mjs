import { spawnSync } from 'node:child_process';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';

/**
 * Runs commands of the pinned Node one after the other, all of them even when one fails, and says how each went. Answers the
 * names of those that failed.
 */
export function runSteps(steps) {
  const failed = [];
  const node = pinnedNode();
  for (const { name, command, env = {} } of steps) {
    const started = Date.now();
    const { status } = spawnSync(node, command, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (status !== 0) failed.push(name);
  }
  return failed;
}
