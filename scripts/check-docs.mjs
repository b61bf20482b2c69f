// Says which files named in the documentation are not there: links, and paths or file names between backticks. Part of `npm run check`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './root.mjs';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdownBelow('docs')];
/** A path may be named from here: the root, or where a page's subject lies. */
const BASES = ['', 'backend/src', 'backend/test', 'console/src/app'];
/** Not part of a clone: made by the build, an installation or a run. */
const MADE = new Set(['node_modules', 'dist', '.onecli', 'coverage', '.git', '.angular']);
const PATH = /^[\w.@-]+(?:\/[\w.@-]+)*\/?$/;
/** What a page may leave out of a path. */
const ENDINGS = ['', '.ts', '.e2e-spec.ts'];
const FILE_NAME = /^[\w.-]+\.(?:ts|mjs|cjs|scss)$/;
/** A name that stands for the rest of itself, as "the `.spec.ts` beside it". */
const NO_FILE = /^\./;

const fileNames = new Set(namesBelow(''));
const missing = PAGES.flatMap((page) => missingIn(page));
for (const line of missing) console.error(line);
if (missing.length > 0) process.exitCode = 1;

function missingIn(page) {
  const text = withoutBlocks(readFileSync(join(root, page), 'utf8'));
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target).filter(isOfClone);
  const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, words]) => words.replace(/:\d+$/, ''));
  return [
    ...links
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page}: no ${target}`),
    ...named.filter(isMissing).map((name) => `${page}: no ${name}`),
  ];
}

function isOfClone(target) {
  return !/^(?:https?|mailto):/.test(target);
}

function isMissing(name) {
  if (!PATH.test(name) || NO_FILE.test(name)) return false;
  if (!name.includes('/')) return FILE_NAME.test(name) && !fileNames.has(name);
  const [first] = name.split('/');
  if (MADE.has(first)) return false;
  const bases = BASES.filter((base) => existsSync(join(root, base, first)));
  return (
    bases.length > 0 && !bases.some((base) => ENDINGS.some((ending) => existsSync(join(root, base, name + ending))))
  );
}

/** Commands and output in blocks name what is on the reader's machine. */
function withoutBlocks(text) {
  return text.replaceAll(/^```.*?^```/gms, '');
}

function markdownBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

function namesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (MADE.has(entry.name)) return [];
    return entry.isDirectory() ? namesBelow(relative(root, join(root, folder, entry.name))) : [entry.name];
  });
}
