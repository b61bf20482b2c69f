/**
 * Lets tunnels begin their TLS handshakes one in each turn of the event loop, the agents in rotation. Minting and the first
 * half of a handshake take a millisecond or two of the only thread: an agent that opens tunnels to thousands of new hosts would
 * otherwise have everybody else's requests wait for all of those that arrived at once.
 */
export class HandshakeTurns {
  /** Agents in the order of their turns; each has at least one tunnel waiting. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #taken = false;

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
    setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#taken = false;
    const [next] = this.#waiting;
    if (next === undefined) return;
    const [agentId, queue] = next;
    const begin = queue.shift();
    this.#waiting.delete(agentId);
    if (queue.length > 0) this.#waiting.set(agentId, queue);
    this.#take();
    begin?.();
  };
}
