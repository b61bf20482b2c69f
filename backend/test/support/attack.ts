import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase } from './database.js';
import { openTunnel, requestOn, secure } from './raw-client.js';
import { restClient, type Call } from './rest-client.js';
import { ServerProcess, temporaryDirectory } from './server-process.js';
import { upstreamRootPem, type Upstream } from './upstream.js';

/** The built server as a process of its own, so that its memory and its time are its own. */
export interface Victim {
  readonly port: number;
  readonly rest: Call;
  readonly ca: string;
  /** Resident memory, MiB. */
  rss(): number;
  /** Whether the process lives. */
  alive(): boolean;
  output(): string;
  /** Access tokens of so many new agents. */
  agents(count: number): Promise<string[]>;
  close(): Promise<void>;
}

export async function startVictim(variables: Readonly<Record<string, string>>): Promise<Victim> {
  const [database, directory] = await Promise.all([createTestDatabase(), temporaryDirectory()]);
  const roots = join(directory.path, 'upstream-root.pem');
  await writeFile(roots, upstreamRootPem);
  const server = await ServerProcess.started({
    dataDir: directory.path,
    variables: {
      DATABASE_URL: database.url,
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_ALLOW_PRIVATE: 'localhost',
      GATEWAY_EXTRA_CA_CERTS: roots,
      GATEWAY_SHUTDOWN_TIMEOUT: '500',
      LOG_LEVEL: 'error',
      ...variables,
    },
  });
  const rest = restClient(server.consoleUrl);
  let serial = 0;
  return {
    port: Number(new URL(server.gatewayUrl).port),
    rest,
    ca: (await rest('GET', '/v1/gateway/ca')).body as string,
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024,
    alive: () => /State:\s+[RSD]/.test(readFileSync(`/proc/${server.pid}/status`, 'utf8')),
    output: () => server.output,
    agents: async (count) => {
      const tokens: string[] = [];
      for (let i = 0; i < count; i += 1) {
        serial += 1;
        const { body } = await rest('POST', '/v1/agents', { name: `Agent ${serial}`, identifier: `agent-${serial}` });
        tokens.push(body.accessToken as string);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      return tokens;
    },
    close: async () => {
      await server.end('SIGTERM');
      await Promise.all([database.drop(), directory.remove()]);
    },
  };
}

/** What an honest agent sees, in milliseconds: how long its first tunnel took to open, and each of its requests. */
export interface Experience {
  readonly opening: number;
  readonly requests: readonly number[];
}

/** Requests one after another for `ms` milliseconds, on a connection of its own, and on a new one now and then. */
export async function experience(victim: Victim, upstream: Upstream, token: string, ms: number): Promise<Experience> {
  const authority = `localhost:${upstream.port}`;
  const connect = async () => secure((await openTunnel(victim.port, authority, token)).socket, 'localhost', victim.ca);
  const taken: number[] = [];
  const begun = performance.now();
  let tls = await connect();
  const opening = performance.now() - begun;
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const started = performance.now();
    const { status } = await requestOn(tls, `GET /honest HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    if (status !== 200) throw new Error(`the honest agent was answered ${status}`);
    taken.push(performance.now() - started);
    if (taken.length % 50 === 0) {
      tls.destroy();
      tls = await connect();
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  tls.destroy();
  return { opening, requests: taken };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

/** A running attack; `stop` tells what came of it: answers by status, connections, errors. */
export interface RunningAttack {
  stop(): Promise<Record<string, number>>;
}

export function startAttack(
  kind: string,
  aim: { victim: Victim; tokens?: readonly string[]; many: number; seconds: number },
): RunningAttack {
  const { victim, tokens = [], many, seconds } = aim;
  const attack = { kind, port: victim.port, tokens, many, seconds };
  const child: ChildProcess = fork(join(import.meta.dirname, 'attacker.ts'), [JSON.stringify(attack)], {
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const counts = new Promise<Record<string, number>>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Record<string, number>));
    child.once('exit', (code) => reject(new Error(`the attack ended by itself with ${code}`)));
  });
  counts.catch(() => undefined);
  return {
    stop: () => {
      if (child.connected) child.send('stop');
      return counts;
    },
  };
}
