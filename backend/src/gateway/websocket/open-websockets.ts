import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import type { AgentIdentity, Exchange } from '../exchange.js';
import { Deadlines } from '../forward/deadlines.js';
import { ProxyAuth } from '../proxy-auth/proxy-auth.js';
import { Snapshots } from '../snapshot/snapshots.js';
import { Splice } from './splice.js';

/** Milliseconds; Node's timers take no more. */
const LONGEST_TIMER = 2_147_483_647;

/** One open WebSocket and whose it is. */
interface Open {
  readonly splice: Splice;
  readonly identity: AgentIdentity;
  expiry: NodeJS.Timeout | undefined;
}

/** The WebSockets that are open: they end by themselves, when silent for too long, with the agent's token, and with the gateway. */
@Injectable()
export class OpenWebSockets {
  readonly #open = new Set<Open>();
  readonly #deadlines = new Deadlines();
  readonly #idleTimeout: number;
  #leaving = false;

  constructor(
    private readonly auth: ProxyAuth,
    snapshots: Snapshots,
    @Inject(CONFIG) config: Config,
  ) {
    this.#idleTimeout = config.gateway.idleTimeout;
    snapshots.onTokens((projectId) => {
      for (const open of this.#open) if (open.identity.projectId === projectId) this.#endWithToken(open);
    });
  }

  /** Passes bytes both ways; what either socket has buffered comes first. Resolves when both are closed; never rejects. */
  async carry(exchange: Exchange, identity: AgentIdentity, agent: Socket, upstream: Socket): Promise<void> {
    const splice = new Splice(exchange, agent, upstream, this.#idleTimeout);
    const open: Open = { splice, identity, expiry: undefined };
    this.#open.add(open);
    this.#deadlines.add(splice);
    splice.start();
    this.#endWithToken(open);
    if (this.#leaving) splice.goAway(LEAVING);
    await splice.over;
    clearTimeout(open.expiry);
    this.#deadlines.delete(splice);
    this.#open.delete(open);
  }

  /** The gateway ends: those that are open are told, and those that still come about. */
  goAway(): void {
    this.#leaving = true;
    for (const { splice } of this.#open) splice.goAway(LEAVING);
  }

  /** Closes what is still open. */
  close(): void {
    this.#deadlines.close();
    for (const { splice } of this.#open) splice.destroy();
  }

  /** The agent's token may have been revoked while the handshake was under way, and may expire by itself. */
  #endWithToken(open: Open): void {
    clearTimeout(open.expiry);
    const left = this.auth.standsUntil(open.identity) - Date.now();
    if (left <= 0) open.splice.cut('access revoked');
    else if (left !== Infinity) {
      open.expiry = setTimeout(() => this.#endWithToken(open), Math.min(left, LONGEST_TIMER)).unref();
    }
  }
}

const LEAVING = 'the gateway is restarting';
