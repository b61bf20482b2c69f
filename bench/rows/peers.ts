import type { Bench } from '../bench.js';
import { cpuPerRequest } from '../cpu-per-request.js';
import { saturate } from '../generators.js';
import { type Figure, times, us } from '../figure.js';
import { startPeers } from '../peers.js';
import type { Target } from '../target.js';

const REQUESTS = { path: '/json', connections: 32 } as const;

/** Only mitmproxy is named in the design. */
const LIMITS: Readonly<Record<string, number>> = { mitmproxy: 0.1 };

/** The gateway with its policy, injection and audit against proxies that only intercept. */
export async function againstPeers(bench: Bench): Promise<Figure[]> {
  if (!bench.options.peers) return [];
  const gateway = await bench.ordinary();
  const peers: Target[] = [];
  for (const peer of await startPeers(bench)) if (await serves(bench, peer)) peers.push(peer);
  const costs = await cpuPerRequest<Target>(bench, [gateway, ...peers], REQUESTS);
  const own = costs.get(gateway)?.own ?? Number.NaN;
  return peers.map((peer) => {
    const cost = costs.get(peer);
    const theirs = cost?.tree ?? Number.NaN;
    const limit = LIMITS[peer.name];
    return {
      figure: `warm intercepted request, against ${peer.name}`,
      measured: `${us(own)} CPU, ${times(own / theirs)}`,
      against: `${peer.name}: ${us(theirs)}, ${cost?.perSecond.toFixed(0) ?? '?'}/s`,
      target: limit === undefined ? '' : `≤ ${limit} ×`,
      met: limit === undefined ? undefined : own <= limit * theirs,
    };
  });
}

/** A peer that does not get along with its upstream or its version of Node is left out, and that is said. */
async function serves(bench: Bench, peer: Target): Promise<boolean> {
  const { port } = await bench.entrance(peer);
  try {
    await saturate({ ...REQUESTS, port, authority: bench.authority, seconds: 1 });
    return true;
  } catch {
    process.stdout.write(` ${peer.name} does not serve and is left out;`);
    return false;
  }
}
