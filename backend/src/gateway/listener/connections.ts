import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Refusal } from '../refusal.js';
import type { Tunnel } from '../exchange.js';
import { UnauthenticatedConnections } from './unauthenticated-connections.js';

/** What is open: tunnels by agent, running exchanges. Knows whether the gateway is ending. */
export class Connections {
  readonly #tunnels = new Map<Duplex, Tunnel>();
  readonly #count = new Map<string, number>();
  /** The tunnel that a decrypted (or plain) inner socket belongs to. */
  readonly #inner = new WeakMap<object, Tunnel>();
  /** The answers that are due on a socket: several when requests were pipelined. */
  readonly #answering = new WeakMap<object, Set<ServerResponse>>();
  readonly #finished = new WeakSet();
  /** Connections outside tunnels that count as an agent's. */
  readonly #claimed = new WeakSet();
  readonly unauthenticated: UnauthenticatedConnections;
  /** The port that the gateway listens on, once it does. */
  listeningPort: number | undefined;
  /** Running exchanges by agent. */
  readonly #ofAgent = new Map<string, number>();
  #exchanges = 0;
  #draining = false;
  #whenQuiet: (() => void) | undefined;

  constructor(
    private readonly maxPerAgent: number,
    maxUnauthenticated: number,
    private readonly maxExchangesPerAgent: number,
  ) {
    this.unauthenticated = new UnauthenticatedConnections(maxUnauthenticated);
  }

  get draining(): boolean {
    return this.#draining;
  }

  get tunnels(): number {
    return this.#tunnels.size;
  }

  get exchanges(): number {
    return this.#exchanges;
  }

  /** Throws the refusal when the agent has as many open connections as it may, or the gateway is ending. */
  admit(agentId: string): void {
    if (this.#draining) throw restarting();
    if ((this.#count.get(agentId) ?? 0) >= this.maxPerAgent) {
      throw new Refusal(
        'too_many_connections',
        `This agent has ${this.maxPerAgent} connections open, the most it may have; close some or reuse them.`,
        {},
        1,
      );
    }
  }

  /** From now on until the socket closes the tunnel counts. */
  open(socket: Duplex, tunnel: Tunnel, closed: () => void): void {
    this.#tunnels.set(socket, tunnel);
    this.count(socket, tunnel.identity.agentId);
    socket.once('close', () => {
      this.#tunnels.delete(socket);
      closed();
    });
  }

  /** A connection that an agent keeps for itself counts with its tunnels until it closes. */
  count(socket: Duplex, agentId: string): void {
    this.unauthenticated.authenticated(socket);
    this.#count.set(agentId, (this.#count.get(agentId) ?? 0) + 1);
    socket.once('close', () => {
      const left = (this.#count.get(agentId) ?? 1) - 1;
      if (left === 0) this.#count.delete(agentId);
      else this.#count.set(agentId, left);
    });
  }

  /** A connection without a tunnel counts as the agent's whose request came on it first. Throws the refusal of `admit`. */
  claim(socket: Duplex, agentId: string): void {
    if (this.#claimed.has(socket)) return;
    this.admit(agentId);
    this.#claimed.add(socket);
    this.count(socket, agentId);
  }

  /** Makes requests that arrive on this socket requests of the tunnel. */
  carry(inner: object, tunnel: Tunnel): void {
    this.#inner.set(inner, tunnel);
  }

  tunnelOf(socket: object): Tunnel | undefined {
    return this.#inner.get(socket);
  }

  /** An exchange runs on this socket until `end`. */
  begin(socket: object, response: ServerResponse): void {
    this.#exchanges += 1;
    const due = this.#answering.get(socket);
    if (due === undefined) this.#answering.set(socket, new Set([response]));
    else due.add(response);
    const tunnel = this.#inner.get(socket);
    if (tunnel !== undefined) tunnel.running += 1;
  }

  /** Nothing that follows on this socket is a request any more, although Node goes on parsing what was pipelined. */
  finish(socket: object): void {
    this.#finished.add(socket);
  }

  isFinished(socket: object): boolean {
    return this.#finished.has(socket);
  }

  /** Throws the refusal when the agent has as many exchanges running as it may; else one more runs until `end`. */
  admitExchange(agentId: string): void {
    const running = this.#ofAgent.get(agentId) ?? 0;
    if (running >= this.maxExchangesPerAgent) {
      throw new Refusal(
        'too_many_connections',
        `This agent has ${this.maxExchangesPerAgent} requests running, the most it may have; wait for some to end.`,
        {},
        1,
      );
    }
    this.#ofAgent.set(agentId, running + 1);
  }

  isBusy(socket: object): boolean {
    return (this.#answering.get(socket)?.size ?? 0) > 0;
  }

  /** The exchange's answer has been written, or nobody is left to write it to. */
  end(socket: object, response: ServerResponse, admitted?: string): void {
    if (admitted !== undefined) this.#ended(admitted);
    this.#exchanges -= 1;
    this.#answering.get(socket)?.delete(response);
    const tunnel = this.#inner.get(socket);
    if (tunnel !== undefined) tunnel.running -= 1;
    if (this.#exchanges === 0) this.#whenQuiet?.();
  }

  /** Closes a socket that Node has let go of while answers were due on it: it no longer tells them that it closed. */
  abandon(socket: Duplex): void {
    socket.destroy();
    for (const response of this.#answering.get(socket) ?? []) response.emit('close');
  }

  #ended(agentId: string): void {
    const left = (this.#ofAgent.get(agentId) ?? 1) - 1;
    if (left === 0) this.#ofAgent.delete(agentId);
    else this.#ofAgent.set(agentId, left);
  }

  /** Admits nothing more; resolves when no exchange runs any more, or after `timeout` milliseconds. */
  async drain(timeout: number): Promise<void> {
    this.#draining = true;
    for (const [socket, tunnel] of this.#tunnels) if (tunnel.running === 0) socket.destroy();
    if (this.#exchanges === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeout);
      this.#whenQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  destroyTunnels(): void {
    for (const socket of this.#tunnels.keys()) socket.destroy();
  }
}

export function restarting(): Refusal {
  return new Refusal('gateway_restarting', 'The gateway is restarting; try again in a moment.', {}, 1);
}
