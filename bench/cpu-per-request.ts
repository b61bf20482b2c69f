import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { saturate, type LoadResult } from './generators.js';
import { cpuTime } from './process-usage.js';
import type { Target } from './target.js';

/** Medians over the rounds. */
export interface CpuPerRequest {
  /** Microseconds of the proxy's process. */
  readonly own: number;
  /** Microseconds of the process and its descendants: with its database. */
  readonly tree: number;
  readonly perSecond: number;
}

/** What the proxies are put under. */
export interface Requests {
  readonly path: string;
  readonly connections: number;
  /** A tunnel of its own for each request; with `resumed` the TLS session of an earlier one is taken up. */
  readonly newTunnels?: 'resumed' | 'full handshake';
}

const QUIET_MS = 500;
const QUIET_SHARE = 0.04;
const SETTLE_TIMEOUT_MS = 60_000;
/** Long enough for the compilers of V8 to have seen the path. */
const WARM_UP_SECONDS = 4;

/**
 * Puts each target under the load in turn, round by round, so that what else the machine does meets all alike. What a proxy
 * does after the last answer (writing its request log, for one) is charged to the round that caused it.
 */
export async function cpuPerRequest<T extends Target>(
  bench: Bench,
  targets: readonly T[],
  requests: Requests,
): Promise<Map<T, CpuPerRequest>> {
  const loads = new Map<T, (seconds: number) => Promise<LoadResult>>();
  for (const target of targets) loads.set(target, await loadOf(bench, target, requests));
  for (const [target, load] of loads) {
    await load(bench.options.quick ? 1 : WARM_UP_SECONDS);
    await settled(target.pid);
  }
  const samples = new Map<T, CpuPerRequest[]>(targets.map((target) => [target, []]));
  for (let round = 0; round < bench.options.rounds; round += 1) {
    for (const [target, load] of loads) samples.get(target)?.push(await oneRound(target, load, bench.options.seconds));
  }
  return new Map([...samples].map(([target, values]) => [target, medians(values)]));
}

async function loadOf(
  bench: Bench,
  target: Target,
  { path, connections, newTunnels }: Requests,
): Promise<(seconds: number) => Promise<LoadResult>> {
  const { port } = await bench.entrance(target, newTunnels !== 'full handshake');
  const load = { port, path, authority: bench.authority, connections };
  return (seconds) => saturate({ ...load, seconds }, newTunnels !== undefined);
}

async function oneRound(
  target: Target,
  load: (seconds: number) => Promise<LoadResult>,
  seconds: number,
): Promise<CpuPerRequest> {
  const before = cpuTime(target.pid);
  const { requests } = await load(seconds);
  await settled(target.pid);
  const after = cpuTime(target.pid);
  return {
    own: ((after.own - before.own) * 1000) / requests,
    tree: ((after.tree - before.tree) * 1000) / requests,
    perSecond: requests / seconds,
  };
}

/** Waits until the process and its descendants do next to nothing. */
export async function settled(pid: number): Promise<void> {
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  for (let before = cpuTime(pid).tree; performance.now() < deadline;) {
    await pause(QUIET_MS);
    const now = cpuTime(pid).tree;
    if (now - before <= QUIET_MS * QUIET_SHARE) return;
    before = now;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The smallest value that `share` of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function medians(values: readonly CpuPerRequest[]): CpuPerRequest {
  return {
    own: median(values.map((value) => value.own)),
    tree: median(values.map((value) => value.tree)),
    perSecond: median(values.map((value) => value.perSecond)),
  };
}
