import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Debian's and Ubuntu's packages are named as the programs, but for stunnel's. */
const PROGRAMS = { wrk: 'wrk', hey: 'hey', stunnel: 'stunnel4', curl: 'curl', openssl: 'openssl' };

/** Where requests are sent, and how. */
export interface Load {
  /** A port without TLS: an entrance. */
  readonly port: number;
  readonly path: string;
  /** Of the Host field. */
  readonly authority: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Makes sure that the generators are there. Throws an Error with the one command. */
export function ensurePrograms(): void {
  const missing = Object.entries(PROGRAMS).flatMap(([name, fromPackage]) => (isThere(name) ? [] : [fromPackage]));
  if (missing.length === 0) return;
  const args = ['install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() === 0) {
    console.log(`Installing ${missing.join(' and ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = (): boolean => spawnSync('apt-get', args, { stdio: 'ignore', env }).status === 0;
    if (install() || (spawnSync('apt-get', ['update'], { stdio: 'ignore' }).status === 0 && install())) return;
  }
  throw new Error(
    `The bench needs ${missing.join(' and ')}. Install with \`sudo apt-get ${args.join(' ')}\` and start again.`,
  );
}

/**
 * As many requests as are answered, on connections that stay (wrk). With `newConnections` each request asks for its connection to be
 * closed, so that the next one needs another. Throws an Error when one went wrong.
 */
export async function saturate(
  { port, path, authority, connections, seconds }: Load,
  newConnections = false,
): Promise<LoadResult> {
  const { stdout } = await run('wrk', [
    ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '20s', '--latency'],
    ...['-H', `Host: ${authority}`, ...(newConnections ? ['-H', 'Connection: close'] : [])],
    `http://127.0.0.1:${port}${path}`,
  ]);
  const requests = Number(/(\d+) requests in /.exec(stdout)?.[1] ?? 0);
  // wrk counts a connection that the other side closes as asked as nothing, and one that breaks as a socket error.
  if (requests === 0 || /Socket errors|Non-2xx/.test(stdout)) throw new Error(`requests went wrong:\n${stdout}`);
  const percentile = (percent: number): number => {
    const [, number, unit] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)$`, 'm').exec(stdout) ?? [];
    return Number(number) * (unit === 'us' ? 0.001 : unit === 'ms' ? 1 : 1000);
  };
  return { requests, p50: percentile(50), p99: percentile(99) };
}

/** A steady rate on each connection (hey), in requests a second; latencies to a tenth of a millisecond. */
export async function steadily(
  { port, path, authority, connections, seconds }: Load,
  rate: number,
): Promise<LoadResult> {
  const { stdout } = await run(
    'hey',
    [
      ...['-z', `${seconds}s`, '-c', String(connections), '-q', String(rate), '-t', '20'],
      ...['-o', 'csv', '-disable-compression', '-disable-redirects', '-host', authority],
      `http://127.0.0.1:${port}${path}`,
    ],
    { maxBuffer: 1 << 28 },
  );
  const [, ...lines] = stdout.trim().split('\n');
  const answers = lines.map((line) => line.split(','));
  const wrong = answers.filter((fields) => fields[6] !== '200').length;
  if (answers.length === 0 || wrong > 0) throw new Error(`${wrong} of ${answers.length} requests went wrong`);
  const sorted = answers.map(([seconds]) => Number(seconds) * 1000).sort((a, b) => a - b);
  const percentile = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return { requests: sorted.length, p50: percentile(0.5), p99: percentile(0.99) };
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}
