import type { Bench } from '../bench.js';
import { cpuPerRequest, type CpuPerRequest, type Requests } from '../cpu-per-request.js';
import { type Figure, times, us } from '../figure.js';
import type { Target } from '../target.js';

const WARM: Requests = { path: '/json', connections: 32 };

/** A request on a tunnel that is already open. */
export async function warmRequests(bench: Bench): Promise<Figure[]> {
  return againstFloor(bench, 'warm intercepted request, 32 connections', WARM, 1.35);
}

/** A mebibyte of answer on a tunnel that is already open. */
export async function largeResponses(bench: Bench): Promise<Figure[]> {
  return againstFloor(bench, '1 MiB response, 8 connections', { path: '/mib', connections: 8 }, 1.5);
}

/** CONNECT, TLS handshake and first request to a host whose leaf is cached. */
export async function newTunnels(bench: Bench): Promise<Figure[]> {
  const figures = [];
  const handshakes = bench.options.quick ? (['full handshake'] as const) : (['full handshake', 'resumed'] as const);
  for (const newTunnels of handshakes) {
    const name = `new tunnel: CONNECT, TLS (${newTunnels}) and one request`;
    figures.push(...(await againstFloor(bench, name, { path: '/json', connections: 8, newTunnels }, 1.2)));
  }
  return figures;
}

/** The same requests with long policies and with a rate limit, against the same gateway with ten rules. */
export async function policySizes(bench: Bench): Promise<Figure[]> {
  const ordinary = await bench.ordinary();
  const sizes = bench.options.quick ? [10_000] : [1000, 10_000];
  const secrets = bench.options.quick ? 20 : 1000;
  const long = [];
  for (const rules of sizes) long.push({ rules, gateway: await bench.gateway({ policy: { rules, secrets } }) });
  const limited = await bench.gateway();
  await limited.call('POST', '/v1/rules', {
    ...{ name: 'Limit', hostPattern: 'localhost', action: 'rate_limit' },
    ...{ rateLimit: 1_000_000_000, rateLimitWindow: 'hour' },
  });
  await limited.served();
  const gateways = [ordinary, ...long.map(({ gateway }) => gateway), limited];
  const costs = await cpuPerRequest(bench, gateways, WARM);
  for (const gateway of gateways.slice(1)) await gateway.stop();
  const base = costOf(costs, ordinary).own;
  const figure = (name: string, gateway: Target, limit: number): Figure => {
    const { own } = costOf(costs, gateway);
    const measured = `${us(own)} CPU, ${times(own / base)}`;
    return {
      figure: name,
      measured,
      against: `10 rules: ${us(base)}`,
      target: `≤ ${limit} ×`,
      met: own <= limit * base,
    };
  };
  return [
    ...long.map(({ rules, gateway }) =>
      figure(
        `the same with ${rules.toLocaleString('en')} rules and ${secrets.toLocaleString('en')} secrets`,
        gateway,
        1.05,
      ),
    ),
    figure('the same with a rate limit, in memory', limited, 1.1),
  ];
}

async function againstFloor(bench: Bench, name: string, requests: Requests, limit: number): Promise<Figure[]> {
  const floor = await bench.floor();
  const gateways = [];
  for (const build of bench.builds) gateways.push(await bench.ordinary(build));
  const costs = await cpuPerRequest<Target>(bench, [floor, ...gateways], requests);
  const base = costOf(costs, floor);
  return gateways.map((gateway, index) => {
    const { own, tree, perSecond } = costOf(costs, gateway);
    return {
      figure: index === 0 ? name : `${name} (${gateway.name})`,
      measured: `${us(own)} CPU, ${times(own / base.own)}; with database ${us(tree)}; ${perSecond.toFixed(0)}/s`,
      against: `floor: ${us(base.own)}, ${base.perSecond.toFixed(0)}/s`,
      target: `≤ ${limit} ×`,
      met: own <= limit * base.own,
    };
  });
}

function costOf(costs: ReadonlyMap<Target, CpuPerRequest>, target: Target): CpuPerRequest {
  const cost = costs.get(target);
  if (cost === undefined) throw new Error(`${target.name} was not measured`);
  return cost;
}
