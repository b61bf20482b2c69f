import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, program } from '../bench.js';
import { settled } from '../cpu-per-request.js';
import { type Figure, mib } from '../figure.js';
import type { Gateway } from '../gateway.js';
import { residentBytes } from '../process-usage.js';
import { startProgram, stop } from '../running.js';
import { proxyAddress, proxyUrl, type Target } from '../target.js';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const SAMPLE_MS = 50;
/** So that what the first connections of all bring into memory is not counted for the others. */
const WARM_UP_TUNNELS = 200;
const LIMIT_BYTES = 60 * 1024;

/** A gibibyte up and down in one exchange: what memory grows by meanwhile. */
export async function streaming(bench: Bench): Promise<Figure[]> {
  const gateway = await bench.ordinary();
  const size = bench.options.quick ? 128 : 1024;
  await mirror(bench, gateway, 128);
  await settled(gateway.pid);
  const before = residentBytes(gateway.pid);
  let most = before;
  const watching = setInterval(() => (most = Math.max(most, residentBytes(gateway.pid))), SAMPLE_MS);
  const started = performance.now();
  await mirror(bench, gateway, size).finally(() => clearInterval(watching));
  const seconds = (performance.now() - started) / 1000;
  const growth = most - before;
  return [
    {
      figure: `${size} MiB streamed both ways in one exchange`,
      measured: `memory grows by ${mib(growth)} at most; ${(size / seconds).toFixed(0)} MiB/s each way`,
      against: `${mib(before)} resident before`,
      target: 'flat (≤ 32 MiB)',
      met: growth <= 32 * MIB,
    },
  ];
}

/** Tunnels that carried one request each and then stay open. */
export async function idleTunnels(bench: Bench): Promise<Figure[]> {
  const [count, most] = bench.options.quick ? [500, 1000] : [5000, 10_000];
  const gateway = await bench.gateway({ variables: { GATEWAY_MAX_TUNNELS_PER_AGENT: '20000' } });
  const floor = await bench.anotherFloor();
  const each = await bytesEach(bench, gateway, count);
  const atFloor = await bytesEach(bench, floor.target, count);
  const { open, faults } = await hold(bench, gateway, most, () => Promise.resolve());
  await gateway.stop();
  await floor.end();
  const held = open === most ? `${most} open without errors` : `${open} of ${most} open: ${JSON.stringify(faults)}`;
  return [
    {
      figure: `${count} idle tunnels, memory of each; ${most} open`,
      measured: `${(each / 1024).toFixed(1)} KiB; ${held}`,
      against: `floor: ${(atFloor / 1024).toFixed(1)} KiB`,
      target: `≤ 60 KiB; no errors`,
      met: each <= LIMIT_BYTES && open === most,
    },
  ];
}

interface Held {
  readonly open: number;
  readonly faults: Readonly<Record<string, number>>;
}

async function bytesEach(bench: Bench, target: Target, count: number): Promise<number> {
  await hold(bench, target, WARM_UP_TUNNELS, () => settled(target.pid));
  await settled(target.pid);
  const before = residentBytes(target.pid);
  let after = before;
  const { open, faults } = await hold(bench, target, count, async () => {
    await settled(target.pid);
    after = residentBytes(target.pid);
  });
  if (open < count) throw new Error(`only ${open} of ${count} tunnels are open: ${JSON.stringify(faults)}`);
  return (after - before) / count;
}

async function hold(bench: Bench, target: Target, count: number, meanwhile: () => Promise<void>): Promise<Held> {
  const { port, authorization = '' } = proxyAddress(target);
  const args = [count, port, authorization, bench.upstreamPort, target.caFile].map(String);
  const holder = await startProgram(program('hold-tunnels'), args);
  await meanwhile();
  await stop(holder.child);
  return holder.ready as Held;
}

/** curl, which reads the answer while it sends. */
async function mirror(bench: Bench, gateway: Gateway, size: number): Promise<void> {
  const curl = spawn('sh', [
    '-c',
    'head -c "$1" /dev/zero | curl -sS -T - -H "Expect:" -x "$2" --cacert "$3" -o /dev/null -w "%{http_code} %{size_download}" "$4"',
    'sh',
    ...[String(size * MIB), proxyUrl(gateway), gateway.caFile, `https://${bench.authority}/mirror`],
  ]);
  let said = '';
  for (const stream of [curl.stdout, curl.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise((resolve) => curl.once('close', resolve));
  if (said !== `200 ${size * MIB}`) throw new Error(`streaming went wrong: ${said}`);
}

/** Whether a second tunnel's handshake takes up the session of the first. */
export async function resumption(bench: Bench): Promise<Figure[]> {
  const gateway = await bench.ordinary();
  const session = `${bench.scratch('session')}/session.pem`;
  const common = [
    ...[
      's_client',
      '-proxy',
      `127.0.0.1:${gateway.port}`,
      '-proxy_user',
      'x',
      '-proxy_pass',
      `pass:${gateway.token ?? ''}`,
    ],
    ...['-connect', bench.authority, '-servername', 'localhost', '-CAfile', gateway.caFile],
  ];
  const shake = async (...options: string[]): Promise<string> => {
    // The session comes after the handshake, so the connection has to last for a moment.
    const client = run('openssl', [...common, ...options]);
    await pause(700);
    client.child.stdin?.end('Q\n');
    return (await client).stdout;
  };
  await shake('-sess_out', session);
  const second = await shake('-sess_in', session);
  const used = /^Reused, /m.test(second);
  return [
    {
      figure: 'TLS session of an earlier tunnel taken up',
      measured: used ? 'yes' : 'no',
      against: '',
      target: 'yes',
      met: used,
    },
  ];
}
