import { latencies, quantile, startAttack, startVictim, type Victim } from '../support/attack.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

/** The short form of an ordinary run, or the long one of `npm run attack`. */
const LONG = process.env['ONECLI_TEST_ATTACK'] === 'long';
const SECONDS = LONG ? 20 : 3;
/** Below this a machine that runs other tests, too, is not told from one under attack, in milliseconds. */
const FLOOR_MS = 100;

let victim: Victim;
let upstream: Upstream;
let honest: string;
let attackers: string[];
/** The honest agent's 99th percentile while nobody attacks. */
let calm = 0;
const report: string[] = [];

beforeAll(async () => {
  [victim, upstream] = await Promise.all([
    startVictim({
      GATEWAY_HEADER_TIMEOUT: '2000',
      GATEWAY_TLS_TIMEOUT: '2000',
      GATEWAY_MAX_TUNNELS_PER_AGENT: '500',
      GATEWAY_MAX_UNAUTHENTICATED: '1000',
      GATEWAY_LEAF_CACHE_SIZE: '500',
    }),
    startUpstream(),
  ]);
  [honest = '', ...attackers] = await victim.agents(4);
  await latencies(victim, upstream, honest, 1500);
  calm = quantile(await latencies(victim, upstream, honest, SECONDS * 1000), 0.99);
}, 60_000);

afterAll(async () => {
  process.stderr.write(`calm: p99 ${calm.toFixed(1)} ms\n${report.join('\n')}\n`);
  await victim.close();
  await upstream.close();
}, 60_000);

it.each<[string, number, number, boolean]>([
  // What, how many at once, by how many MiB memory may grow, whether with tokens.
  ['slow heads', LONG ? 10_000 : 1000, 100, false],
  ['silent connections', LONG ? 10_000 : 2000, 100, false],
  ['connections that are refused and stay', LONG ? 10_000 : 2000, 100, false],
  ['slow bodies', LONG ? 10_000 : 1000, 150, true],
  ['half-open tunnels', LONG ? 10_000 : 2000, 150, true],
  ['field floods', 8, 100, false],
  ['huge values', 8, 100, false],
  ['guessed tokens', 8, 100, false],
  ['certificate minting', 64, 150, true],
])(
  '%s cost other agents little, memory stays bounded, and the gateway lives',
  async (kind, many, growth, withTokens) => {
    const before = victim.rss();
    const tokens = withTokens ? attackers : [];
    const attack = startAttack(kind, { victim, tokens, many, seconds: SECONDS * 3, upstreamPort: upstream.port });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const taken = await latencies(victim, upstream, honest, SECONDS * 1000);
    const p99 = quantile(taken, 0.99);
    const after = victim.rss();
    const counts = await attack.stop();
    const figures = `p50 ${quantile(taken, 0.5).toFixed(1)} p99 ${p99.toFixed(1)} ms (${(p99 / calm).toFixed(1)} x), memory ${before.toFixed(0)} to ${after.toFixed(0)} MiB`;
    report.push(`${kind}: ${figures}, ${JSON.stringify(counts)}`);
    expect(victim.alive()).toBe(true);
    expect(after - before).toBeLessThan(growth);
    expect(p99).toBeLessThan(Math.max(FLOOR_MS, 3 * calm));
    expect(victim.output()).not.toMatch(/"level":(50|60)/);
  },
  120_000,
);
