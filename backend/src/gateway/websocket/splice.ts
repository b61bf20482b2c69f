import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.js';
import { closeFrame, type CloseCode } from './close-frame.js';
import { Flow } from './flow.js';

/** How long both sides may take to answer a close frame, in milliseconds. */
const LINGER_MS = 1000;

/** An agent's connection and an upstream's, joined after the handshake. Over when both are closed. */
export class Splice {
  /** When it has been silent for too long, as `performance.now()`; put off by every byte that moves. */
  deadline: number;
  readonly over: Promise<void>;
  readonly #up: Flow;
  readonly #down: Flow;
  #linger: NodeJS.Timeout | undefined;

  constructor(
    private readonly exchange: Exchange,
    private readonly agent: Socket,
    private readonly upstream: Socket,
    private readonly idleTimeout: number,
  ) {
    this.deadline = performance.now() + idleTimeout;
    // Either side may end its half and go on listening; Node would end the other half of the upstream's by itself.
    upstream.allowHalfOpen = true;
    this.#up = new Flow(agent, upstream, (bytes) => this.#passed((exchange.bytesUp += bytes)));
    this.#down = new Flow(upstream, agent, (bytes) => this.#passed((exchange.bytesDown += bytes)));
    this.over = Promise.all([
      this.#closed('agent', agent, upstream, this.#up),
      this.#closed('upstream', upstream, agent, this.#down),
    ]).then(() => clearTimeout(this.#linger));
  }

  start(): void {
    this.#up.start();
    this.#down.start();
  }

  onLate(): void {
    this.goAway('idle for too long');
  }

  /** Tells both sides, each after the frame that it is receiving, that the gateway leaves (1001). */
  goAway(reason: string): void {
    this.#leave(reason, 1001, 'goAway');
  }

  /** Passes on nothing more; says why (1008) to a side that is not in the middle of a frame. */
  cut(reason: string): void {
    this.#leave(reason, 1008, 'cut');
  }

  destroy(): void {
    this.agent.destroy();
    this.upstream.destroy();
  }

  #leave(reason: string, code: CloseCode, how: 'goAway' | 'cut'): void {
    this.deadline = Infinity;
    this.exchange.fault ??= `closed by the gateway: ${reason}`;
    this.#down[how](closeFrame(code, reason));
    this.#up[how](closeFrame(code, reason, randomBytes(4)));
    this.#linger ??= setTimeout(() => this.destroy(), LINGER_MS);
  }

  #passed(_total: number): void {
    if (this.deadline !== Infinity) this.deadline = performance.now() + this.idleTimeout;
  }

  /** Resolves when `socket` is closed; then the other has nobody to talk to. */
  #closed(name: string, socket: Socket, other: Socket, flow: Flow): Promise<void> {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.exchange.fault ??= `the ${name}'s connection broke: ${error.code ?? error.message}`;
    });
    return new Promise((resolve) => {
      const closed = (): void => {
        // What it had said to its end is still delivered; after an abort there is no end to deliver.
        if (flow.over) other.destroySoon();
        else other.destroy();
        resolve();
      };
      if (socket.destroyed) closed();
      else socket.once('close', closed);
    });
  }
}
