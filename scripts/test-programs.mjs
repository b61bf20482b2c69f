import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** Programs that tests drive and npm does not bring, with the tests that need them. */
const PROGRAMS = [
  { names: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium', neededBy: 'console/e2e' },
  { names: ['redis-server', 'valkey-server'], package: 'redis-server', neededBy: 'backend/test/replicas' },
  { names: ['curl'], package: 'curl', neededBy: 'cli/test' },
  { names: ['git'], package: 'git', neededBy: 'backend/test/clients' },
  { names: ['wget'], package: 'wget', neededBy: 'backend/test/clients' },
  { names: ['openssl'], package: 'openssl', neededBy: 'backend/test/gateway' },
  { names: ['certutil'], package: 'libnss3-tools', neededBy: 'backend/test/clients' },
  { names: ['python3'], package: 'python3', neededBy: 'backend/test/clients' },
  { module: 'requests', package: 'python3-requests', neededBy: 'backend/test/clients' },
  { module: 'websockets', package: 'python3-websockets', neededBy: 'backend/test/gateway' },
];

/** Makes sure that they are there: installs what is missing when it may, else throws an Error with the one command. */
export function ensureTestPrograms() {
  const missing = PROGRAMS.filter((program) => existsSync(join(root, program.neededBy)) && !isThere(program));
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

/** A program on the path, or a module of Debian's own Python, whichever other Pythons come first on the path. */
function isThere({ names, module }) {
  if (names !== undefined) return names.some(isOnPath);
  return spawnSync('/usr/bin/python3', ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
}

function apt([program, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}

function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)));
}
