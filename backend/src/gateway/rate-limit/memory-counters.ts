/** One limit that a request counts against. `windowMs` is the window's length; windows are aligned to UTC. */
export interface CountedLimit {
  readonly ruleId: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** A used-up limit; of several the one that resets last. Times are epoch milliseconds. */
export interface Exhausted<L extends CountedLimit> {
  readonly limit: L;
  readonly resetsAt: number;
}

/** A counter at rest, as it is kept over a restart. */
export interface CountAtRest {
  readonly ruleId: string;
  readonly agentId: string;
  readonly windowStart: number;
  readonly count: number;
}

interface Counter {
  windowStart: number;
  windowMs: number;
  count: number;
  changed: boolean;
}

/**
 * Counters of one process, per rule and agent. Fixed windows aligned to the epoch, which for second, minute, hour and day is
 * UTC. Checking and counting happen in one synchronous step, so that concurrent requests cannot pass together.
 */
export class MemoryCounters {
  readonly #byRule = new Map<string, Map<string, Counter>>();

  /** Checks all limits, then counts on all of them; a request that one limit refuses consumes nothing anywhere. */
  take<L extends CountedLimit>(limits: readonly L[], agentId: string, now: number): Exhausted<L> | undefined {
    let exhausted: Exhausted<L> | undefined;
    for (const limit of limits) {
      const counter = this.#counter(limit, agentId, now);
      const resetsAt = counter.windowStart + limit.windowMs;
      if (counter.count >= limit.limit && (exhausted === undefined || resetsAt > exhausted.resetsAt)) {
        exhausted = { limit, resetsAt };
      }
    }
    if (exhausted !== undefined) return exhausted;
    for (const limit of limits) {
      const counter = this.#counter(limit, agentId, now);
      counter.count += 1;
      counter.changed = true;
    }
    return undefined;
  }

  /** Takes up counts from before a restart. The rule's window length is not known yet: it is the first request's. */
  restore(counts: readonly CountAtRest[]): void {
    for (const { ruleId, agentId, windowStart, count } of counts) {
      this.#agents(ruleId).set(agentId, { windowStart, windowMs: 0, count, changed: false });
    }
  }

  /** What changed since the last call. Counters of windows that are over are forgotten on the way. */
  takeChanged(now: number): CountAtRest[] {
    const changed: CountAtRest[] = [];
    for (const [ruleId, agents] of this.#byRule) {
      for (const [agentId, counter] of agents) {
        if (counter.windowMs > 0 && counter.windowStart + counter.windowMs <= now) agents.delete(agentId);
        else if (counter.changed) {
          counter.changed = false;
          changed.push({ ruleId, agentId, windowStart: counter.windowStart, count: counter.count });
        }
      }
      if (agents.size === 0) this.#byRule.delete(ruleId);
    }
    return changed;
  }

  #counter(limit: CountedLimit, agentId: string, now: number): Counter {
    const windowStart = now - (now % limit.windowMs);
    const agents = this.#agents(limit.ruleId);
    const known = agents.get(agentId);
    if (known?.windowStart === windowStart && (known.windowMs === limit.windowMs || known.windowMs === 0)) {
      known.windowMs = limit.windowMs;
      return known;
    }
    const fresh = { windowStart, windowMs: limit.windowMs, count: 0, changed: false };
    agents.set(agentId, fresh);
    return fresh;
  }

  #agents(ruleId: string): Map<string, Counter> {
    const known = this.#byRule.get(ruleId);
    if (known !== undefined) return known;
    const agents = new Map<string, Counter>();
    this.#byRule.set(ruleId, agents);
    return agents;
  }
}
