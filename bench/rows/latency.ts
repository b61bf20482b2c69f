import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Bench, program } from '../bench.js';
import { median, settled } from '../cpu-per-request.js';
import { type Figure, ms } from '../figure.js';
import { steadily } from '../generators.js';
import { proxyAddress, type Target } from '../target.js';

const run = promisify(execFile);
const RATE = 100;

/** What a request at a steady 100 a second waits longer than without the gateway. */
export async function addedLatency(bench: Bench): Promise<Figure[]> {
  const gateway = await bench.ordinary();
  await settled(gateway.pid);
  const steady = { path: '/json', authority: bench.authority, connections: 1, seconds: bench.options.seconds };
  const entrances = [await bench.entrance(undefined), await bench.entrance(gateway)] as const;
  const added: { p50: number; p99: number; direct: number }[] = [];
  for (let round = 0; round < bench.options.rounds; round += 1) {
    const direct = await steadily({ ...steady, port: entrances[0].port }, RATE);
    const through = await steadily({ ...steady, port: entrances[1].port }, RATE);
    added.push({ p50: through.p50 - direct.p50, p99: through.p99 - direct.p99, direct: direct.p50 });
  }
  const p50 = median(added.map((round) => round.p50));
  const p99 = median(added.map((round) => round.p99));
  return [
    {
      figure: `latency added at ${RATE} requests/s, p50 / p99`,
      measured: `${ms(p50)} / ${ms(p99)}`,
      against: `direct p50: ${ms(median(added.map((round) => round.direct)))}`,
      target: '≤ 0.5 ms / ≤ 2 ms',
      met: p50 <= 0.5 && p99 <= 2,
    },
  ];
}

interface Events {
  readonly delays: readonly number[];
  readonly chunks: number;
}

/** How much later an event of a stream comes. */
export async function events(bench: Bench): Promise<Figure[]> {
  const gateway = await bench.ordinary();
  const count = bench.options.quick ? 50 : 250;
  const later: number[] = [];
  let kept = true;
  for (let round = 0; round < bench.options.rounds; round += 1) {
    const direct = await watch(bench, count, undefined);
    const through = await watch(bench, count, gateway);
    later.push(median(through.delays) - median(direct.delays));
    kept &&= through.chunks === count && through.delays.length === count;
  }
  const delay = median(later);
  return [
    {
      figure: 'an SSE event through the gateway',
      measured: `${ms(delay)} later; chunk boundaries ${kept ? 'kept' : 'not kept'}`,
      against: 'direct',
      target: '≤ 1 ms later, boundaries kept',
      met: delay <= 1 && kept,
    },
  ];
}

async function watch(bench: Bench, count: number, through: Target | undefined): Promise<Events> {
  const proxy = through === undefined ? undefined : proxyAddress(through);
  const { stdout } = await run(process.execPath, [
    program('watch-events'),
    ...[String(count), String(proxy?.port ?? ''), proxy?.authorization ?? ''],
    ...[String(bench.upstreamPort), through?.caFile ?? bench.certificates.root],
  ]);
  return JSON.parse(stdout) as Events;
}
