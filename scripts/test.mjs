// What `npm test` runs, from a fresh clone, too: installs and builds what is missing, then every test, and ends with the
// line "N passed, N failed". Arguments go to jest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStaleParts } from './build-parts.mjs';
import { installDependencies } from './install.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';
import { ensureTestPrograms } from './test-programs.mjs';

const RUN_TIMEOUT_MS = 30 * 60_000;

try {
  installDependencies();
  buildStaleParts();
  ensureTestPrograms();
  const { passed, failed, skipped } = runJest(process.argv.slice(2));
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

function runJest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'onecli-results-'));
  const file = join(folder, 'results.json');
  try {
    // A failed test may leave sockets and timers open, a broken one may never return; the run ends all the same.
    const command = ['node_modules/jest/bin/jest.js', '--forceExit', '--json', `--outputFile=${file}`, ...args];
    const jest = spawnSync(pinnedNode(), command, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: jestEnvironment(),
      timeout: RUN_TIMEOUT_MS,
    });
    return counts(JSON.parse(readFileSync(file, 'utf8')), jest.status);
  } catch (error) {
    throw new Error('The tests ended before they had a result: see above.', { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that does not even load has no failed test, and a run that jest calls failed is never one without failures. */
function counts(results, status) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

function jestEnvironment() {
  const options = `${process.env['NODE_OPTIONS'] ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`;
  return { ...process.env, NODE_OPTIONS: options.trim() };
}
