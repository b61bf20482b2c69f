// Writes the table of variables in docs/operations.md from backend/src/config/environment.ts (as built); with --check it only says
// whether the table is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import 'reflect-metadata';
import { root } from './root.mjs';

const START = '<!-- variables: made by `npm run docs:environment` -->';
const END = '<!-- end of variables -->';

const { Environment, environmentReasons } = await import(join(root, 'dist/backend/src/config/environment.js'));
const defaults = new Environment();
const rows = [...environmentReasons()].map(
  ([name, reason]) => `| \`${name}\` | ${shown(defaults[name])} | ${reason.replaceAll('|', '\\|')} |`,
);
const table = ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');

const file = join(root, 'docs/operations.md');
const text = readFileSync(file, 'utf8');
const [before, after] = [text.indexOf(START), text.indexOf(END)];
if (before === -1 || after === -1) throw new Error(`${file} has lost the two comments that enclose the table`);
const replaced = `${text.slice(0, before)}${START}\n\n${table}\n\n${text.slice(after)}`;
const updated = await format(replaced, { ...(await resolveConfig(file)), filepath: file });

if (!process.argv.includes('--check')) writeFileSync(file, updated);
else if (updated !== text) {
  console.error('docs/operations.md does not list the variables as they are; run `npm run docs:environment`.');
  process.exitCode = 1;
}

function shown(value) {
  return value === undefined ? 'none' : `\`${value}\``;
}
