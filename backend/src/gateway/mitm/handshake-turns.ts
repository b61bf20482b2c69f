/**
 * Turns of the event loop from one handshake to the next while others wait. Node accepts one connection in a turn (libuv 1.52), and
 * whoever connects waits behind everybody who connected before: turns have to be short, and most of them without a handshake.
 */
const TURNS_APART = 8;

/**
 * Lets tunnels begin their TLS handshakes one at a time, some turns of the event loop apart, the agents in rotation. Minting and
 * the first half of a handshake take a millisecond or two of the only thread: an agent that opens tunnels to thousands of new
 * hosts would otherwise have everybody else's requests wait for all of those that arrived at once.
 */
export class HandshakeTurns {
  /** Agents in the order of their turns; each has at least one tunnel waiting. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #taken = false;
  #apart = 0;

  /** Undefined when the turn is free, and now taken; else a promise of a later one. */
  next(agentId: string): Promise<void> | undefined {
    if (!this.#taken) {
      this.#take();
      return undefined;
    }
    return new Promise((resolve) => {
      const queue = this.#waiting.get(agentId);
      if (queue === undefined) this.#waiting.set(agentId, [resolve]);
      else queue.push(resolve);
    });
  }

  #take(): void {
    this.#taken = true;
    this.#apart = 0;
    setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken = false;
      return;
    }
    this.#apart += 1;
    if (this.#apart < TURNS_APART) {
      setImmediate(this.#onTurn);
      return;
    }
    const [agentId, queue] = next;
    const begin = queue.shift();
    this.#waiting.delete(agentId);
    if (queue.length > 0) this.#waiting.set(agentId, queue);
    this.#take();
    begin?.();
  };
}
