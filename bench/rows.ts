import type { Bench } from './bench.js';
import type { Figure } from './figure.js';
import { changeToEffect, compilation } from './rows/changes.js';
import { history, ingestion } from './rows/history.js';
import { addedLatency, events } from './rows/latency.js';
import { idleTunnels, resumption, streaming } from './rows/memory.js';
import { againstPeers } from './rows/peers.js';
import { profile } from './rows/profile.js';
import { largeResponses, newTunnels, policySizes, warmRequests } from './rows/requests.js';
import { secondStart } from './rows/start.js';

/** What is measured, in the order of the table. The names are those of `--only`. */
const ROWS: Readonly<Record<string, (bench: Bench) => Promise<Figure[]>>> = {
  requests: warmRequests,
  peers: againstPeers,
  policy: policySizes,
  latency: addedLatency,
  events,
  large: largeResponses,
  streaming,
  tunnels: newTunnels,
  resumption,
  idle: idleTunnels,
  compilation,
  changes: changeToEffect,
  ingestion,
  profile,
  history,
  start: secondStart,
};

/** Measures the rows that were asked for. A row that cannot be measured is said to be so, and the others go on. */
export async function measure(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  const { only } = bench.options;
  for (const [name, row] of Object.entries(ROWS)) {
    if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
    const started = performance.now();
    process.stdout.write(`${name} …`);
    try {
      const found = await row(bench);
      figures.push(...found);
      console.log(` ${((performance.now() - started) / 1000).toFixed(0)} s`);
      for (const { figure, measured, against } of found) console.log(`  ${figure}: ${measured} (${against})`);
    } catch (error) {
      console.log(` not measured: ${(error as Error).message}`);
      figures.push({ figure: name, measured: 'not measured', against: '', target: '', met: false });
    }
  }
  return figures;
}
