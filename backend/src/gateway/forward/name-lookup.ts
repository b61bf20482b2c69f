import { lookup } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a name to all its addresses, or rejects with the resolver's error. */
export type Lookup = (name: string) => Promise<readonly ResolvedAddress[]>;

/** The system's resolver: hosts file, search domains and order as everything else on the machine has them. */
export const systemLookup: Lookup = async (name) => {
  const found = await lookup(name, { all: true, order: 'verbatim' });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** Short enough to follow a failover, long enough that a busy upstream costs no query. The resolver tells no TTL. */
const LIFETIME = 30_000;
const MOST_NAMES = 10_000;
/** How long an answer that is past its time still serves while the name is asked anew. */
const STALE = 600_000;
/**
 * Names asked for at a time. The system's resolver works on a few threads and cannot be told to stop: without a bound, an
 * agent that names many hosts of a silent name server would keep every other name waiting for hours.
 */
const MOST_ASKED = 64;

interface Answer {
  readonly addresses: readonly ResolvedAddress[];
  readonly until: number;
}

/** Too many names are being asked for. */
export class ResolverBusy extends Error {
  readonly code = 'EBUSY';
}

/**
 * Remembers answers for 30 s, the last 10,000 of them; asks once for a name however many wait. An older answer serves while
 * its name is asked anew, so that a slow name server does not hold up what is in use. Failures are not remembered.
 */
export class NameLookup {
  readonly #answers = new Map<string, Answer>();
  readonly #asked = new Map<string, Promise<readonly ResolvedAddress[]>>();

  constructor(private readonly lookup: Lookup) {}

  /** The addresses of a name; rejects with the resolver's error. */
  resolve(name: string): Promise<readonly ResolvedAddress[]> | readonly ResolvedAddress[] {
    const known = this.#answers.get(name);
    const now = Date.now();
    if (known !== undefined && now < known.until) return known.addresses;
    const asking = this.#asked.get(name) ?? this.#ask(name);
    if (known === undefined || now > known.until + STALE) return asking;
    asking.catch(() => undefined);
    return known.addresses;
  }

  /** The last answer, however old: for those who had rather be wrong than know nothing. */
  lastKnown(name: string): readonly ResolvedAddress[] {
    return this.#answers.get(name)?.addresses ?? [];
  }

  #ask(name: string): Promise<readonly ResolvedAddress[]> {
    if (this.#asked.size >= MOST_ASKED) return Promise.reject(new ResolverBusy('too many names are being resolved'));
    const asking = this.lookup(name)
      .then((addresses) => {
        this.#remember(name, addresses);
        return addresses;
      })
      .finally(() => this.#asked.delete(name));
    this.#asked.set(name, asking);
    return asking;
  }

  #remember(name: string, addresses: readonly ResolvedAddress[]): void {
    this.#answers.delete(name);
    this.#answers.set(name, { addresses, until: Date.now() + LIFETIME });
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > MOST_NAMES && oldest.done !== true) this.#answers.delete(oldest.value);
  }
}
