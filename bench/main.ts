import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Bench } from './bench.js';
import { buildOf } from './builds.js';
import { ensurePrograms } from './generators.js';
import { readOptions, USAGE } from './options.js';
import { report } from './report.js';
import { measure } from './rows.js';
import { stopAll } from './running.js';

const directory = mkdtempSync(join(tmpdir(), 'onecli-bench-'));
const end = async (): Promise<void> => {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().finally(() => process.exit(1)));

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else {
    ensurePrograms();
    const here = { name: 'this commit', main: resolve(import.meta.dirname, '../backend/src/main.js') };
    const other = options.compare === undefined ? [] : [buildOf(options.compare, directory)];
    const bench = new Bench(options, [here, ...other], directory);
    await bench.start();
    report(await measure(bench), options);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await end();
}
