import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Figure } from './figure.js';
import type { Options } from './options.js';

const RESULTS = resolve(import.meta.dirname, '../../bench/results');

/** Prints the table and keeps a full run as JSON, with the day and the kind of machine, which has no name. */
export function report(figures: readonly Figure[], options: Options): void {
  const at = new Date();
  const machine = describeMachine();
  console.log(`\n${at.toISOString().slice(0, 10)}, ${machine}\n\n${table(figures)}`);
  if (options.quick || options.only.length > 0) return;
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${at.toISOString().slice(0, 19).replaceAll(':', '')}.json`);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: RESULTS, encoding: 'utf8' }).trim();
  const { quick, rounds, seconds } = options;
  writeFileSync(file, `${JSON.stringify({ at, commit, machine, quick, rounds, seconds, figures }, null, 2)}\n`);
  console.log(`\nKept in ${file}`);
}

/** Markdown. */
export function table(figures: readonly Figure[]): string {
  const lines = figures.map(({ figure, measured, against, target, met }) => {
    const verdict = met === undefined ? '' : met ? 'yes' : 'no';
    return `| ${figure} | ${measured} | ${against} | ${target} | ${verdict} |`;
  });
  return ['| figure | measured | against | target | met |', '|---|---|---|---|---|', ...lines].join('\n');
}

function describeMachine(): string {
  const [first] = cpus();
  const memory = `${(totalmem() / 1024 ** 3).toFixed(0)} GiB`;
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${memory}, Linux ${release().split('-')[0] ?? ''}, Node ${process.versions.node}`;
}
