import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Bench } from '../bench.js';
import { settled } from '../cpu-per-request.js';
import { type Figure, us } from '../figure.js';
import { saturate } from '../generators.js';
import { profileClock, readProfile, type ProfiledTime } from '../profile.js';
import { type Target } from '../target.js';

const WARM_UP_SECONDS = 4;
const MEASURED_SECONDS = 10;
const SHOWN = 45;
/** What records an exchange on the request's way and takes it to the queue. */
const RECORDING = /(gateway\/record\/|audit\/(request-log\.recorder|spool|spool-format|spool-shipper|spool-lease)\.js)/;
/** What the worker does, which shares the process when all roles do. */
const WORKER = /(audit\/request-log\.(ingestion|insert|rows|feed)|bullmq|usage|nm\/pg\/)/;

/** The request path's share of recording, and where the time of a warm request goes, here and at the floor. */
export async function profile(bench: Bench): Promise<Figure[]> {
  if (bench.options.quick && bench.options.profile === undefined) return [];
  const directory = resolve(bench.options.profile ?? bench.scratch('profiles'));
  const gateway = await profiled(bench, join(directory, 'gateway'), async (nodeOptions) => {
    const started = await bench.gateway({ nodeOptions });
    return { target: started, end: () => started.stop() };
  });
  if (bench.options.profile !== undefined) {
    const floor = await profiled(bench, join(directory, 'floor'), (nodeOptions) => bench.anotherFloor(nodeOptions));
    show('gateway', gateway);
    show('floor', floor);
  }
  const { time, requests } = gateway;
  const worker = time.below(WORKER);
  const recording = time.below(RECORDING, WORKER);
  const share = recording / (time.busy - worker);
  return [
    {
      figure: "the request log's share of the request path",
      measured: `${(share * 100).toFixed(1)} % (${us(recording / requests)} of a request, sampled)`,
      against: '',
      target: '≤ 5 %',
      met: share <= 0.05,
    },
  ];
}

interface Profiled {
  readonly time: ProfiledTime;
  readonly requests: number;
}

async function profiled(
  bench: Bench,
  directory: string,
  startWith: (nodeOptions: string[]) => Promise<{ target: Target; end: () => Promise<void> }>,
): Promise<Profiled> {
  mkdirSync(directory, { recursive: true });
  const { target, end } = await startWith(['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-interval=400']);
  const { port } = await bench.entrance(target);
  const load = { port, path: '/json', authority: bench.authority, connections: 32 };
  await saturate({ ...load, seconds: WARM_UP_SECONDS });
  await settled(target.pid);
  const from = profileClock();
  const { requests } = await saturate({ ...load, seconds: MEASURED_SECONDS });
  await settled(target.pid);
  const to = profileClock();
  await end();
  return { time: readProfile(directory, from, to), requests };
}

function show(name: string, { time, requests }: Profiled): void {
  const lines = (entries: [string, number][]): string =>
    entries
      .slice(0, SHOWN)
      .map(([what, spent]) => `  ${us(spent / requests).padStart(8)}  ${what}`)
      .join('\n');
  console.log(`\n${name}: ${us(time.busy / requests)} of a request\n own time\n${lines(time.self())}`);
  console.log(` with what was called\n${lines(time.total())}`);
}
