// What `npm run check` runs: everything that can be said about the sources without starting the program.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildStaleParts } from './build-parts.mjs';
import { installDependencies } from './install.mjs';
import { root } from './root.mjs';
import { runSteps } from './run-steps.mjs';

const sources = ['backend/src', 'libs', 'cli/src', 'console/src'].filter((folder) => existsSync(join(root, folder)));
const projects = ['tsconfig.json', 'backend/tsconfig.json', 'console/tsconfig.json', 'console/e2e/tsconfig.json'];

const steps = [
  { name: 'format', command: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: ['node_modules/eslint/bin/eslint.js', '.'] },
  {
    name: 'architecture',
    command: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      ...sources,
    ],
  },
  ...projects
    .filter((project) => existsSync(join(root, project)))
    .map((project) => ({
      name: `types of ${project}`,
      command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', project],
    })),
  { name: 'table of variables', command: ['scripts/environment-table.mjs', '--check'] },
  { name: 'paths in the documentation', command: ['scripts/check-docs.mjs'] },
  {
    name: 'unit tests',
    command: ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', 'console'],
    env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
  },
];

try {
  installDependencies();
  buildStaleParts();
  const failed = runSteps(steps);
  if (failed.length > 0) throw new Error(`The check failed: ${failed.join(', ')}.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
