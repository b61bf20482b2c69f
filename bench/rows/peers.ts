import type { Bench } from '../bench.js';
import { cpuPerRequest } from '../cpu-per-request.js';
import { type Figure, times, us } from '../figure.js';
import { startPeers } from '../peers.js';
import type { Target } from '../target.js';

/** Only mitmproxy is named in the design. */
const LIMITS: Readonly<Record<string, number>> = { mitmproxy: 0.1 };

/** The gateway with its policy, injection and audit against proxies that only intercept. */
export async function againstPeers(bench: Bench): Promise<Figure[]> {
  if (!bench.options.peers) return [];
  const gateway = await bench.ordinary();
  const peers = await startPeers(bench);
  const costs = await cpuPerRequest<Target>(bench, [gateway, ...peers], { path: '/json', connections: 32 });
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
