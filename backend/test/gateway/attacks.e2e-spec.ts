import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { UpstreamGuard, type ResolvedAddress } from '../../src/gateway/forward/upstream-guard.js';
import { experience, quantile, startAttack, startVictim, type Experience, type Victim } from '../support/attack.js';
import { openTunnel, requestOn, secure, type RawAnswer } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

/** The short form of an ordinary run, or the long one of `npm run attack`. */
const LONG = process.env['ONECLI_TEST_ATTACK'] === 'long';
const SECONDS = LONG ? 20 : 2;
/** As many connections as the attacker may have files; Node raises its limit to the hard one by itself. */
const FILES = Number(/Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
const CROWD = Math.min(10_000, Math.floor(FILES / 2));
/** What is held to the bound. In an ordinary run other tests take the processor away for tens of milliseconds, which the slowest hundredth shows. */
const QUANTILE = LONG ? 0.99 : 0.9;
/** Below this a machine that runs other tests, too, is not told from one under attack, in milliseconds. */
const FLOOR_MS = 100;
/** How often the honest agent is measured again before its slowness is blamed on the attack. */
const TRIES = 3;

let victim: Victim;
let upstream: Upstream;
let honest: string;
let attackers: string[];
/** That quantile of the honest agent's requests while nobody attacks, in milliseconds. */
let calm = 0;
const report: string[] = [];

const BOMB_MIB = LONG ? 1024 : 128;
const bomb = gzipSync(Buffer.alloc(BOMB_MIB * 1024 * 1024), { level: 9 });

/** One request of the honest agent through a tunnel of its own. */
async function ask(to: Upstream, path: string): Promise<RawAnswer> {
  const authority = `localhost:${to.port}`;
  const { socket } = await openTunnel(victim.port, authority, honest);
  const tls = await secure(socket, 'localhost', victim.ca);
  const answer = await requestOn(tls, `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  tls.end();
  return answer;
}

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
  await experience(victim, upstream, honest, 1500);
  calm = quantile((await experience(victim, upstream, honest, SECONDS * 1000)).requests, QUANTILE);
}, 60_000);

afterAll(async () => {
  process.stderr.write(`calm: p${QUANTILE * 100} ${calm.toFixed(1)} ms\n${report.join('\n')}\n`);
  await victim.close();
  await upstream.close();
}, 60_000);

it.each<[string, number, number, boolean]>([
  // What, how many at once, by how many MiB memory may grow, whether with tokens.
  ['slow heads', LONG ? CROWD : 1000, 100, false],
  ['silent connections', LONG ? CROWD : 2000, 100, false],
  ['connections that are refused and stay', LONG ? CROWD : 2000, 100, false],
  ['slow bodies', LONG ? CROWD : 1000, 150, true],
  ['half-open tunnels', LONG ? CROWD : 2000, 150, true],
  ['field floods', 8, 100, false],
  ['huge values', 8, 100, false],
  ['guessed tokens', 8, 100, false],
  ['certificate minting', 64, 150, true],
])(
  '%s cost other agents little, memory stays bounded, and the gateway lives',
  async (kind, many, growth, withTokens) => {
    const before = victim.rss();
    const tokens = withTokens ? attackers : [];
    const seconds = SECONDS * (TRIES + 1) + 10;
    const attack = startAttack(kind, { victim, tokens, many, seconds });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const most = Math.max(FLOOR_MS, 3 * calm);
    let seen: Experience = { opening: 0, requests: [] };
    let late = Infinity;
    for (let tries = 0; tries < TRIES && late >= most; tries += 1) {
      seen = await experience(victim, upstream, honest, SECONDS * 1000);
      late = quantile(seen.requests, QUANTILE);
    }
    const after = victim.rss();
    const counts = await attack.stop();
    const times = [0.5, 0.9, 0.99].map((q) => `p${q * 100} ${quantile(seen.requests, q).toFixed(1)}`).join(' ');
    const figures = `${times} ms (${(late / calm).toFixed(1)} x), a new tunnel in ${seen.opening.toFixed(0)} ms, memory ${before.toFixed(0)} to ${after.toFixed(0)} MiB`;
    report.push(`${kind}: ${figures}, ${JSON.stringify(counts)}`);
    expect(victim.alive()).toBe(true);
    expect(after - before).toBeLessThan(growth);
    // A time is asserted only where the machine is known to be otherwise idle: in the long form.
    if (LONG) expect(late).toBeLessThan(most);
    expect(victim.output()).not.toMatch(/"level":(50|60)/);
  },
  120_000,
);

it('an answer that would fill memory when unpacked is passed on packed, byte for byte', async () => {
  const packed = await startUpstream({
    answer: (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': bomb.length });
      response.end(bomb);
    },
  });
  const before = victim.rss();
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(packed, '/bomb')));
  const growth = victim.rss() - before;
  report.push(
    `${answers.length} bombs of ${bomb.length} bytes, ${BOMB_MIB} MiB unpacked: memory grew by ${growth.toFixed(0)} MiB`,
  );
  for (const { body, headers } of answers) {
    expect(headers['content-encoding']).toBe('gzip');
    expect(Buffer.from(body, 'latin1').equals(bomb)).toBe(true);
  }
  expect(growth).toBeLessThan(BOMB_MIB);
  await packed.close();
}, 60_000);

it('a redirect leads the gateway nowhere', async () => {
  let connections = 0;
  const trap = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;
  const redirecting = await startUpstream({
    answer: (_request, response) => response.writeHead(307, { Location: location, 'Content-Length': 0 }).end(),
  });
  expect(await ask(redirecting, '/')).toMatchObject({ status: 307, headers: { location } });
  expect(connections).toBe(0);
  await redirecting.close();
  await new Promise((resolve) => trap.close(resolve));
});

it('a name that turns private after it was public is forbidden, and so is one that is both', async () => {
  jest.useFakeTimers({ now: Date.now(), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const answers: ResolvedAddress['address'][][] = [
    ['93.184.215.14'],
    ['127.0.0.1'],
    ['93.184.215.14', '169.254.169.254'],
  ];
  const guard = new UpstreamGuard(
    [],
    () => [],
    () => Promise.resolve((answers.shift() ?? []).map((address) => ({ address, family: 4 as const }))),
  );
  const reached: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    // What was checked may serve once more while the name is asked for anew: the connection goes there, not to the new answer.
    const stale = await guard.resolve('rebinding.example', 443);
    if (stale.kind === 'permitted') expect(stale.addresses.map(({ address }) => address)).toEqual(['93.184.215.14']);
    await new Promise((resolve) => setImmediate(resolve));
    reached.push((await guard.resolve('rebinding.example', 443)).kind);
    jest.setSystemTime(Date.now() + 60_000);
  }
  jest.useRealTimers();
  expect(reached).toEqual(['permitted', 'forbidden', 'forbidden']);
});

it('no pattern and no path makes a decision slow: its time grows with the path, not faster', async () => {
  // Begins and ends as the paths do, so that every character of them is looked at.
  const wildcards = `${'*a**a'.repeat(7)}**c*`;
  for (let i = 0; i < 10; i += 1) {
    const rule = {
      name: `Worst ${i}`,
      hostPattern: 'localhost',
      pathPattern: `/${'a'.repeat(i)}${wildcards}b`,
      action: 'block',
    };
    expect(await victim.rest('POST', '/v1/rules', rule)).toMatchObject({ status: 201 });
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const lengths = [2000, 4000, 8000, 16_000];
  for (let i = 0; i < 5; i += 1) {
    for (const length of lengths) expect((await ask(upstream, `/${'a'.repeat(length)}b`)).status).toBe(200);
  }
  const quickest = async (length: number): Promise<number> => {
    const { body } = await victim.rest('GET', '/v1/requests?limit=100&q=aaaaaaaa');
    const entries = body.items as { path: string; timings: { auth: number; decide: number } }[];
    const times = entries
      .filter(({ path }) => path.length === length + 2)
      .map(({ timings }) => timings.decide - timings.auth);
    expect(times).toHaveLength(5);
    return Math.min(...times);
  };
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const times = await Promise.all(lengths.map(quickest));
  report.push(
    `ten worst patterns on paths of ${lengths.join(', ')}: ${times.map((time) => time.toFixed(2)).join(', ')} ms`,
  );
  const [shortest = 0, , , longest = Infinity] = times;
  // Eight times the path: quadratic would be 64 times the time.
  expect(longest).toBeLessThan(Math.max(24 * shortest, 20));
}, 60_000);
