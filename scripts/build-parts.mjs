import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';

/**
 * What is built, from what, by which commands. A part is stale when the contents of its inputs differ from those of the last
 * build: file times don't survive a checkout.
 */
const PARTS = [
  {
    name: 'server and command',
    stamp: 'dist/.built-program',
    inputs: ['backend/src', 'cli/src', 'libs', '.swcrc', 'package-lock.json'],
    outputs: ['dist/backend', 'dist/cli', 'dist/libs'],
    commands: [
      [
        'node_modules/@swc/cli/bin/swc.js',
        'backend/src',
        'cli/src',
        'libs',
        '-d',
        'dist',
        '--ignore',
        '**/*.spec.ts',
        '--quiet',
      ],
    ],
  },
  {
    name: 'console',
    stamp: 'dist/.built-console',
    inputs: ['console', 'libs', 'angular.json', 'package-lock.json'],
    outputs: ['dist/console'],
    commands: [['node_modules/@angular/cli/bin/ng.js', 'build']],
    skip: () => !existsSync(join(root, 'angular.json')),
  },
];

/** Builds the parts that are stale, or all with `force`. Prints what it builds; throws an Error with a sentence. */
export function buildStaleParts({ force = false } = {}) {
  for (const part of PARTS) {
    if (part.skip?.()) continue;
    const hash = hashOf(part.inputs);
    if (!force && isBuilt(part, hash)) continue;
    const started = Date.now();
    console.log(`Building ${part.name} …`);
    build(part);
    writeFileSync(join(root, part.stamp), hash);
    console.log(`Built ${part.name} in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  }
}

function isBuilt(part, hash) {
  const stamp = join(root, part.stamp);
  if (!part.outputs.every((output) => existsSync(join(root, output)))) return false;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

function build(part) {
  rmSync(join(root, part.stamp), { force: true });
  for (const output of part.outputs) rmSync(join(root, output), { recursive: true, force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  const node = pinnedNode();
  for (const command of part.commands) {
    try {
      execFileSync(node, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
    } catch (error) {
      process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}`);
      throw new Error(
        `The ${part.name} could not be built: see above. It is \`node ${command.join(' ')}\` that failed.`,
        { cause: error },
      );
    }
  }
}

function hashOf(inputs) {
  const hash = createHash('sha256').update(process.arch);
  for (const file of inputs.flatMap((input) => filesOf(join(root, input)))) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [path];
  }
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory())
        return entry.name === 'e2e' || entry.name === 'node_modules' ? [] : filesOf(join(path, entry.name));
      return /\.spec\.ts$/.test(entry.name) ? [] : [join(path, entry.name)];
    });
}
