import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { Pool, type Dispatcher } from 'undici';
import { UpstreamConnector, type UpstreamOrigin } from './upstream-connection.js';
import type { UpstreamGuard } from './upstream-guard.js';

/**
 * How long an idle upstream connection is kept when the server does not say. Common servers keep theirs for 60 s and more
 * (nginx 75 s, AWS load balancers 60 s); closing first avoids the race in which a request meets a connection that the
 * server is just closing.
 */
const KEEP_ALIVE_MS = 30_000;
const MAX_RESPONSE_HEAD_BYTES = 256 * 1024;

/**
 * The keep-alive pools, one per agent and origin. Connections are not shared between agents: a server that takes the rest of
 * one request for the beginning of the next (CL.0 desynchronization) would hand one agent's injected secret to another. All
 * pools share one trust policy (roots, address allowance), which is the process's; a policy of a narrower scope must become
 * part of the key, so that nobody rides on another's exemption.
 */
export class Upstreams {
  readonly #pools = new Map<string, Pool>();

  constructor(
    private readonly guard: UpstreamGuard,
    private readonly trust: SecureContext,
    private readonly connectTimeout: number,
  ) {}

  /** Sends one request on a connection that only requests with the same `sharing` use; the handler's `onResponseError` gets what went wrong, connecting included. */
  dispatch(
    origin: UpstreamOrigin,
    sharing: string,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): void {
    const key = `${sharing} ${origin.scheme}://${origin.host}:${origin.port}`;
    const pool = this.#pools.get(key) ?? this.#openPool(key, origin);
    pool.dispatch(options, handler);
  }

  get size(): number {
    return this.#pools.size;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #openPool(key: string, origin: UpstreamOrigin): Pool {
    const connector = new UpstreamConnector(origin, this.guard, this.trust, this.connectTimeout);
    const pool = new Pool(`${origin.scheme}://${origin.host}:${origin.port}`, {
      connections: null,
      pipelining: 1,
      // Else undici holds all requests to a new origin back until its first connection has told which version it speaks.
      allowH2: false,
      connect: connector.connect,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_RESPONSE_HEAD_BYTES,
      // Deadlines are the forwarder's: undici's would run while a slow upload is still going on.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const closeWhenIdle = (): void => {
      if (pool.stats.connected > 0 || pool.stats.pending > 0 || pool.stats.running > 0) return;
      if (this.#pools.get(key) !== pool) return;
      this.#pools.delete(key);
      void pool.close();
    };
    pool.on('disconnect', closeWhenIdle);
    pool.on('connectionError', closeWhenIdle);
    this.#pools.set(key, pool);
    return pool;
  }
}

/** The roots that upstreams are verified against: the system's (Node's own where there are none) and the given file's. */
export function upstreamTrust(extraCaCertsFile: string | undefined): SecureContext {
  const system = getCACertificates('system');
  const roots = system.length > 0 ? system : getCACertificates('bundled');
  const extra = extraCaCertsFile === undefined ? [] : [readRoots(extraCaCertsFile)];
  return createSecureContext({ ca: [...roots, ...getCACertificates('extra'), ...extra], minVersion: 'TLSv1.2' });
}

function readRoots(file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(
      `GATEWAY_EXTRA_CA_CERTS: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
      { cause: error },
    );
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error(`GATEWAY_EXTRA_CA_CERTS: ${file} holds no certificate in PEM form`);
  }
  return pem;
}

/**
 * The socket that undici is writing a request head to. `dispatch` tells handlers neither the address nor whether the
 * connection is new; its diagnostics channel does, synchronously between `onRequestStart` and the write of the head.
 */
export type HeadListener = (socket: Socket) => void;

let starting: HeadListener | undefined;

/** To be called from `onRequestStart`: the listener hears of the socket before the head is written. */
export function onHeadSent(listener: HeadListener): void {
  starting = listener;
}

channel('undici:client:sendHeaders').subscribe((message) => {
  const listener = starting;
  starting = undefined;
  listener?.((message as { readonly socket: Socket }).socket);
});
