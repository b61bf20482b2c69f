import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Figure } from './figure.js';
import type { Options } from './options.js';

const ROOT = resolve(import.meta.dirname, '../..');
const RESULTS = join(ROOT, 'bench/results');
const DOCUMENT = join(ROOT, 'docs/performance.md');
const PLACE = /(<!-- results -->\n)[^]*(\n<!-- \/results -->)/;

/** Prints the table. A full run is kept as JSON and its table in the document, with the day and the kind of machine, which has no name. */
export function report(figures: readonly Figure[], options: Options): void {
  const at = new Date();
  const machine = describeMachine();
  const results = `${at.toISOString().slice(0, 10)}, ${machine}\n\n${table(figures)}\n`;
  console.log(`\n${results}`);
  if (options.quick || options.only.length > 0 || options.compare !== undefined) return;
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${at.toISOString().slice(0, 19).replaceAll(':', '')}.json`);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: RESULTS, encoding: 'utf8' }).trim();
  const { quick, rounds, seconds } = options;
  writeFileSync(file, `${JSON.stringify({ at, commit, machine, quick, rounds, seconds, figures }, null, 2)}\n`);
  const document = readFileSync(DOCUMENT, 'utf8');
  writeFileSync(
    DOCUMENT,
    document.replace(PLACE, (_, before: string, after: string) => `${before}\n${results}${after}`),
  );
  execFileSync(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--write', DOCUMENT], { cwd: ROOT });
  console.log(`Kept in ${file} and in docs/performance.md.`);
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
