import type { Duplex } from 'node:stream';

/**
 * The connections on which nobody has shown a valid token yet, in the order in which they came. They are cheap to open, so their
 * number is bounded: one more closes the one that has waited longest. An agent that has something to say says it at once, and
 * is not among those; whoever holds connections open to keep others out loses them.
 */
export class UnauthenticatedConnections {
  readonly #waiting = new Set<Duplex>();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** A connection was accepted. Whether another had to be closed for it. */
  arrived(socket: Duplex): boolean {
    this.#waiting.add(socket);
    socket.once('close', () => this.#waiting.delete(socket));
    if (this.#waiting.size <= this.most) return false;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return false;
    this.#waiting.delete(oldest);
    oldest.destroy();
    return true;
  }

  /** A valid token came on it: from now on it counts as its agent's. */
  authenticated(socket: Duplex): void {
    this.#waiting.delete(socket);
  }
}
