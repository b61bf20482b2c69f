import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RuleView } from '../../libs/contracts/rules.js';
import { type Bench, program } from '../bench.js';
import { percentile } from '../cpu-per-request.js';
import { type Figure, ms } from '../figure.js';
import type { Gateway } from '../gateway.js';
import { steadily } from '../generators.js';
import { get, openTunnel } from '../programs/connect-tunnel.js';
import { proxyAddress } from '../target.js';

const RATE = 200;
const CHANGE_EVERY_MS = 500;

/** From the answer to a change until a request on an open tunnel is decided by it. */
export async function changeToEffect(bench: Bench): Promise<Figure[]> {
  const gateway = await bench.ordinary();
  const tls = await openTunnel(proxyAddress(gateway), bench.upstreamPort, readFileSync(gateway.caFile));
  const ask = (): Promise<number> => get(tls, '/changing', bench.authority);
  const rule = await gateway.call<RuleView>('POST', '/v1/rules', {
    ...{ name: 'Changing', hostPattern: 'localhost', pathPattern: '/changing', action: 'block', enabled: false },
  });
  const delays: number[] = [];
  const changes = bench.options.quick ? 20 : 200;
  for (let change = 0; change < changes; change += 1) {
    const enabled = change % 2 === 0;
    await gateway.call('PATCH', `/v1/rules/${rule.id}`, { enabled });
    const answered = performance.now();
    let asked = performance.now();
    while ((await ask()) !== (enabled ? 403 : 200)) asked = performance.now();
    delays.push(Math.max(0, asked - answered));
  }
  tls.destroy();
  await gateway.call('DELETE', `/v1/rules/${rule.id}`);
  const p99 = percentile(delays, 0.99);
  return [
    {
      figure: `change → effective, p50 / p99 of ${changes}`,
      measured: `${ms(percentile(delays, 0.5))} / ${ms(p99)} after the call's answer`,
      against: '',
      target: 'p99 ≤ 100 ms',
      met: p99 <= 100,
    },
  ];
}

/** What traffic notices when a policy of 10,000 rules is compiled anew twice a second. */
export async function compilation(bench: Bench): Promise<Figure[]> {
  const file = `${bench.scratch('delay')}/delay.txt`;
  const gateway = await bench.gateway({
    policy: { rules: 10_000, secrets: bench.options.quick ? 1 : 100 },
    nodeOptions: ['--import', program('watch-delay')],
    variables: { BENCH_DELAY_FILE: file },
  });
  const { port } = await bench.entrance(gateway);
  const seconds = bench.options.seconds * 3;
  const traffic = { port, path: '/json', authority: bench.authority, connections: 2, seconds };
  const send = async (): Promise<{ p99: number; blocked: number }> => {
    const from = readFileSync(file, 'utf8').length;
    const { p99 } = await steadily(traffic, RATE / traffic.connections);
    const delays = readFileSync(file, 'utf8').slice(from).trim().split('\n').map(Number);
    return { p99, blocked: Math.max(...delays) };
  };
  await send();
  const still = await send();
  const changing = changeUntilStopped(gateway);
  const meanwhile = await send();
  const changes = await changing.stop();
  await gateway.stop();
  return [
    {
      figure: `policy of 10,000 rules compiled ${changes} times in ${seconds} s, off the path`,
      measured: `event loop blocked ${ms(meanwhile.blocked)} at most; p99 of traffic ${ms(meanwhile.p99)}`,
      against: `without changes: ${ms(still.blocked)}; ${ms(still.p99)}`,
      target: '≤ 20 ms; p99 unchanged',
      met: meanwhile.blocked <= 20 && meanwhile.p99 <= still.p99 + 1,
    },
  ];
}

function changeUntilStopped(gateway: Gateway): { stop(): Promise<number> } {
  const stopping = new AbortController();
  const running = (async (): Promise<number> => {
    const rule = { name: 'Changing', hostPattern: 'changing.example.com', action: 'block' };
    const { id } = await gateway.call<RuleView>('POST', '/v1/rules', rule);
    let changes = 0;
    for (; !stopping.signal.aborted; changes += 1) {
      await gateway.call('PATCH', `/v1/rules/${id}`, { enabled: changes % 2 === 0 });
      await pause(CHANGE_EVERY_MS);
    }
    return changes;
  })();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
