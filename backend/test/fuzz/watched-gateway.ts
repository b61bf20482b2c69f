import type { RequestLogEntry } from '../../src/audit/request-log.entry.js';
import { RequestLogRecorder } from '../../src/audit/request-log.recorder.js';
import { NameLookup } from '../../src/gateway/forward/name-lookup.js';
import { UpstreamGuard } from '../../src/gateway/forward/upstream-guard.js';
import { Connections } from '../../src/gateway/listener/connections.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { RULES, SECRETS } from './reference-policy.js';

/** Names that lead to the upstreams of the test; no other name is ever asked of a resolver. */
const NAMES = ['api.test', 'secret.test', 'sub.secret.test', 'blocked.test', 'localhost'];

/** A running gateway that is watched from within: what it records, whom it looks up, and what it is busy with. */
export interface WatchedGateway {
  readonly gateway: TestGateway;
  readonly tokens: Readonly<Record<'open' | 'strict', string>>;
  /** Entries of the request log by the agent's address, since they were last taken. */
  takeEntries(address: string): readonly RequestLogEntry[];
  /** Whether an exchange of that address runs. */
  isBusy(address: string): boolean;
  /** How many connections to that port the gateway has ever set out to open. */
  connectionsTo(port: number): number;
  /** `host:port` of upstreams that were resolved though no recorded exchange was let through to them. */
  unexplainedLookups(): readonly string[];
  /** How many exchanges were begun and never ended. */
  readonly unended: number;
  close(): Promise<void>;
}

export async function startWatchedGateway(): Promise<WatchedGateway> {
  const restore = [answerNames()];
  const gateway = await startGateway({
    GATEWAY_ALLOW_PRIVATE: [...NAMES, '127.0.0.1'].join(','),
    GATEWAY_AUTH_FAILURES_PER_MINUTE: '1000000',
    LOG_LEVEL: 'error',
  });
  for (const rule of RULES) await gateway.aRule(rule);
  for (const { secret } of SECRETS) await gateway.aSecret(secret);
  const strict = await gateway.anAgent();
  await gateway.rest('PATCH', `/v1/agents/${strict.id}`, { defaultPolicy: 'deny' });
  await gateway.served();
  const log = watchLog(gateway.app.get(RequestLogRecorder, { strict: false }));
  const busy = watchConnections(gateway.app.get(Connections, { strict: false }));
  const lookups = watchLookups();
  restore.push(lookups.restore);
  return {
    gateway,
    tokens: { open: gateway.agent.accessToken, strict: strict.accessToken },
    takeEntries: log.take,
    isBusy: (address) => (busy.get(address) ?? 0) > 0,
    connectionsTo: (port) => lookups.permitted.get(port) ?? 0,
    unexplainedLookups: () => [...lookups.asked].filter((key) => !log.letThrough.has(key)),
    get unended() {
      return [...busy.values()].reduce((sum, count) => sum + count, 0);
    },
    close: async () => {
      for (const undo of restore) undo();
      await gateway.close();
    },
  };
}

/** Whether the gateway says of an exchange that it let it through, whatever became of it then. */
export function wasLetThrough({ protocol, decision, refusal }: RequestLogEntry): boolean {
  if (protocol === 'tunnel') return false;
  return (
    decision === 'allowed' ||
    (decision === 'failed' && refusal !== 'internal_error') ||
    refusal === 'upstream_forbidden'
  );
}

function watchLog(recorder: RequestLogRecorder) {
  const entries = new Map<string, RequestLogEntry[]>();
  const letThrough = new Set<string>();
  const append = recorder.append.bind(recorder);
  recorder.append = (entry) => {
    const address = entry.clientAddress ?? '';
    const kept = entries.get(address) ?? [];
    kept.push(entry);
    entries.set(address, kept);
    if (wasLetThrough(entry)) letThrough.add(`${entry.host}:${entry.port}`);
    return append(entry);
  };
  const take = (address: string): readonly RequestLogEntry[] => {
    const taken = entries.get(address) ?? [];
    entries.delete(address);
    return taken;
  };
  return { take, letThrough };
}

function watchConnections(connections: Connections): ReadonlyMap<string, number> {
  const busy = new Map<string, number>();
  const addresses = new WeakMap<object, string>();
  const count = (socket: object, by: number): void => {
    const address = addresses.get(socket) ?? (socket as { remoteAddress?: string }).remoteAddress ?? '';
    addresses.set(socket, address);
    busy.set(address, (busy.get(address) ?? 0) + by);
  };
  const [begin, end] = [connections.begin.bind(connections), connections.end.bind(connections)];
  connections.begin = (socket, ...rest) => {
    count(socket, 1);
    begin(socket, ...rest);
  };
  connections.end = (socket, ...rest) => {
    end(socket, ...rest);
    count(socket, -1);
  };
  return busy;
}

function watchLookups() {
  const asked = new Set<string>();
  const permitted = new Map<number, number>();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object below
  const { resolve } = UpstreamGuard.prototype;
  UpstreamGuard.prototype.resolve = async function (host, port) {
    asked.add(`${host}:${port}`);
    const resolution = await resolve.call(this, host, port);
    if (resolution.kind === 'permitted') permitted.set(port, (permitted.get(port) ?? 0) + 1);
    return resolution;
  };
  return { asked, permitted, restore: () => (UpstreamGuard.prototype.resolve = resolve) };
}

function answerNames(): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- only put back
  const { resolve } = NameLookup.prototype;
  NameLookup.prototype.resolve = (name) =>
    NAMES.includes(name)
      ? [{ address: '127.0.0.1', family: 4 }]
      : Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
  return () => (NameLookup.prototype.resolve = resolve);
}
