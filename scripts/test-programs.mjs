import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** Programs that tests drive and npm does not bring, with the tests that need them. */
const PROGRAMS = [
  { names: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium', neededBy: 'console/e2e' },
  { names: ['redis-server', 'valkey-server'], package: 'redis-server', neededBy: 'backend/test/replicas' },
  { names: ['curl'], package: 'curl', neededBy: 'cli/test' },
];

/** Makes sure that they are there: installs what is missing when it may, else throws an Error with the one command. */
export function ensureTestPrograms() {
  const missing = PROGRAMS.filter(({ names, neededBy }) => existsSync(join(root, neededBy)) && !names.some(isOnPath));
  if (missing.length === 0) return;
  const packages = missing.map((program) => program.package);
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  if (process.getuid?.() === 0 && isOnPath('apt-get')) {
    console.log(`Installing ${packages.join(' and ')} for the tests …`);
    // A fresh container has no package lists.
    if (apt(command) || (apt(['apt-get', 'update']) && apt(command))) return;
  }
  throw new Error(
    `The tests need ${packages.join(' and ')}. Install them with \`sudo ${command.join(' ')}\` and start again.`,
  );
}

function apt([program, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}

function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)));
}
