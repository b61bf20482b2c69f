const WINDOW_MS = 60_000;
/** Addresses that are remembered; past that the oldest are forgotten, so that a flood of addresses costs no memory. */
const MAX_ADDRESSES = 20_000;

interface Failures {
  since: number;
  count: number;
}

/**
 * Wrong tokens per client address and minute. Only failures are counted and only failures are refused: an agent with a
 * right token behind the same address is never slowed down. (A token has 256 random bits; this bounds noise, not luck.)
 */
export class AuthFailures {
  readonly #byAddress = new Map<string, Failures>();

  constructor(private readonly perMinute: number) {}

  /** Notes one failure; returns in how many seconds the address may fail again when it has failed too often. */
  note(address: string, now: number): number | undefined {
    const known = this.#byAddress.get(address);
    const failures = known !== undefined && now - known.since < WINDOW_MS ? known : this.#begin(address, now);
    failures.count += 1;
    if (failures.count <= this.perMinute) return undefined;
    return Math.max(1, Math.ceil((failures.since + WINDOW_MS - now) / 1000));
  }

  #begin(address: string, now: number): Failures {
    this.#byAddress.delete(address);
    if (this.#byAddress.size >= MAX_ADDRESSES) {
      const [oldest] = this.#byAddress.keys();
      if (oldest !== undefined) this.#byAddress.delete(oldest);
    }
    const failures = { since: now, count: 0 };
    this.#byAddress.set(address, failures);
    return failures;
  }
}
