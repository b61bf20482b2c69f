import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Build } from './bench.js';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Another commit, checked out beside and built there. It runs with the dependencies that are installed here, so that the
 * difference is the program's. Throws an Error when there is no such commit or it does not build.
 */
export function buildOf(ref: string, directory: string): Build {
  const commit = git('rev-parse', '--short', `${ref}^{commit}`);
  const checkout = join(directory, `commit-${commit}`);
  mkdirSync(checkout, { recursive: true });
  // An archive instead of a worktree: nothing of it is left in the repository.
  const archive = execFileSync('git', ['archive', '--format=tar', commit], { cwd: ROOT, maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', checkout], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  console.log(`Building ${commit} …`);
  const swc = [
    'node_modules/@swc/cli/bin/swc.js',
    'backend/src',
    'libs',
    '-d',
    'dist',
    '--ignore',
    '**/*.spec.ts',
    '--quiet',
  ];
  execFileSync(process.execPath, swc, { cwd: checkout, stdio: ['ignore', 'ignore', 'inherit'] });
  return { name: commit, main: join(checkout, 'dist/backend/src/main.js') };
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}
