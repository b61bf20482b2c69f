import { ipOctets } from '../../authority/ip-octets.js';
import { CLASS_WORDS, classOf, meanings } from './address-class.js';
import { addressText, withoutBrackets } from './address-range.js';
import { NameLookup, systemLookup, type Lookup, type ResolvedAddress } from './name-lookup.js';
import { leadsTo, type OwnAddress } from './own-addresses.js';
import { PrivateAllowance, type Candidate } from './private-allowance.js';

export type { ResolvedAddress } from './name-lookup.js';

/** What the guard says of an upstream. `reason` is part of a sentence for the agent. */
export type Resolution =
  | {
      readonly kind: 'permitted';
      /** Connect to these and to nothing that a second lookup says. */
      readonly addresses: readonly [ResolvedAddress, ...ResolvedAddress[]];
      /** By which allowances it was let in: empty for public addresses. Connections may be shared within one key. */
      readonly trustKey: string;
    }
  /** `setting` would allow it; undefined: none would. */
  | { readonly kind: 'forbidden'; readonly reason: string; readonly setting: string | undefined }
  | { readonly kind: 'unresolved'; readonly reason: string };

type Forbidden = Extract<Resolution, { kind: 'forbidden' }>;
type Found = { readonly addresses: readonly ResolvedAddress[] } | { readonly failure: string };

/** The words for the resolver's errors; what is not here is shown by its code. */
const UNRESOLVED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such name',
  ENODATA: 'the name has no address',
  EBUSY: 'too many names are being resolved at the moment',
  EAI_AGAIN: 'the name server did not answer',
};

/**
 * Keeps the gateway from being a way into the network that it stands in: resolves an upstream, checks every address, and
 * names the very addresses to connect to. One forbidden address among the answers forbids them all: a name that is public
 * and private at once is how DNS rebinding looks, and a client that falls back from one to the other must not choose.
 */
export class UpstreamGuard {
  readonly #allowance: PrivateAllowance;
  readonly #names: NameLookup;

  /**
   * `allow` is `GATEWAY_ALLOW_PRIVATE`; throws a ConfigError for entries that cannot be read. `own` is asked each time, because
   * ports may be known only after everything listens.
   */
  constructor(
    allow: readonly string[],
    private readonly own: () => readonly OwnAddress[],
    lookup: Lookup = systemLookup,
  ) {
    this.#allowance = new PrivateAllowance(allow);
    this.#names = new NameLookup(lookup);
  }

  /** For a canonical host (IPv6 with or without brackets). Never rejects. */
  async resolve(host: string, port: number): Promise<Resolution> {
    if (this.#isOwnName(host, port)) return OWN;
    const found = await this.#addressesOf(host);
    if ('failure' in found) return { kind: 'unresolved', reason: found.failure };
    const own = await this.#ownAt(port);
    const allowances = new Set<string>();
    for (const { address } of found.addresses) {
      const verdict = this.#judge(host, port, address, own);
      if (typeof verdict !== 'string') return verdict;
      if (verdict !== '') allowances.add(verdict);
    }
    const [first, ...others] = found.addresses;
    if (first === undefined) return { kind: 'unresolved', reason: failureOf({ code: 'ENODATA' }) };
    return { kind: 'permitted', addresses: [first, ...others], trustKey: [...allowances].sort().join(' ') };
  }

  /** By which entry the address is let in, empty for a public one. */
  #judge(host: string, port: number, address: string, own: readonly Uint8Array[]): string | Forbidden {
    const octets = ipOctets(address);
    if (octets === undefined) return { kind: 'forbidden', reason: 'its address cannot be read', setting: undefined };
    if (own.some((mine) => leadsTo(mine, octets))) return OWN;
    const meant = meanings(octets);
    const offending = meant.find((meaning) => classOf(meaning) !== 'public');
    if (offending === undefined) return '';
    const candidate: Candidate = { host, port, octets: meant[0], class: classOf(offending) };
    const entry = this.#allowance.entryFor(candidate);
    if (entry !== undefined) return entry;
    const reason = forbiddenReason(host, meant[0], offending);
    return { kind: 'forbidden', reason, setting: PrivateAllowance.settingFor(candidate) };
  }

  async #addressesOf(host: string): Promise<Found> {
    const address = withoutBrackets(host);
    const octets = ipOctets(address);
    if (octets !== undefined) return { addresses: [{ address, family: octets.length === 4 ? 4 : 6 }] };
    try {
      return { addresses: await this.#names.resolve(host) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  }

  #isOwnName(host: string, port: number): boolean {
    return this.own().some((own) => own.port === port && own.host === withoutBrackets(host));
  }

  /** The addresses of our own listeners on that port. */
  async #ownAt(port: number): Promise<Uint8Array[]> {
    const octets: Uint8Array[] = [];
    for (const own of this.own()) {
      if (own.port !== port || own.by !== 'address') continue;
      // While a name of ours does not resolve, what it last resolved to stays forbidden.
      const found = await this.#addressesOf(own.host);
      const addresses = 'failure' in found ? this.#names.lastKnown(own.host) : found.addresses;
      octets.push(...addresses.flatMap(({ address }) => ipOctets(address) ?? []));
    }
    return octets;
  }
}

/** Which part of OneCLI it is, an agent has no need to know. */
const OWN: Forbidden = { kind: 'forbidden', reason: 'that is a part of OneCLI itself', setting: undefined };

function forbiddenReason(host: string, octets: Uint8Array, offending: Uint8Array): string {
  const address = addressText(octets);
  const words = CLASS_WORDS[classOf(offending)];
  const carrying = offending === octets ? '' : `carries ${addressText(offending)}, `;
  const literal = ipOctets(host);
  if (literal !== undefined) return `${address} ${carrying === '' ? 'is ' : carrying}${words}`;
  return `${host} resolves to ${address}, which ${carrying === '' ? 'is ' : carrying}${words}`;
}

function failureOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? (UNRESOLVED[code] ?? code) : 'the name server failed';
}
