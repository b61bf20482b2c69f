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

interface Answer {
  readonly addresses: readonly ResolvedAddress[];
  readonly until: number;
}

/** Remembers answers for 30 s, the last 10,000 of them; asks once for a name however many wait. Failures are not remembered. */
export class NameLookup {
  readonly #answers = new Map<string, Answer>();
  readonly #asked = new Map<string, Promise<readonly ResolvedAddress[]>>();

  constructor(private readonly lookup: Lookup) {}

  /** The addresses of a name; rejects with the resolver's error. */
  resolve(name: string): Promise<readonly ResolvedAddress[]> | readonly ResolvedAddress[] {
    const known = this.#answers.get(name);
    if (known !== undefined && Date.now() < known.until) return known.addresses;
    return this.#asked.get(name) ?? this.#ask(name);
  }

  /** The last answer, however old: for those who had rather be wrong than know nothing. */
  lastKnown(name: string): readonly ResolvedAddress[] {
    return this.#answers.get(name)?.addresses ?? [];
  }

  #ask(name: string): Promise<readonly ResolvedAddress[]> {
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
