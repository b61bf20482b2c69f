import { canonicalHost, isAddress } from '../../../../libs/patterns/canonical-host.js';
import { ConfigError } from '../../config/config.js';
import { mayBeAllowed, meanings, type AddressClass } from './address-class.js';
import {
  addressRange,
  addressText,
  contains,
  firstOf,
  sameAddress,
  withoutBrackets,
  type AddressRange,
} from './address-range.js';

const SETTING = 'GATEWAY_ALLOW_PRIVATE';

/** One entry of the setting: a host by name, or a block of addresses; on one port, or on all. */
interface Entry {
  readonly text: string;
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly range: AddressRange | undefined;
}

/** An address that is about to be connected to, and the name under which it was asked for. */
export interface Candidate {
  readonly host: string;
  readonly port: number;
  readonly octets: Uint8Array;
  readonly class: AddressClass;
}

/** What `GATEWAY_ALLOW_PRIVATE` opens. */
export class PrivateAllowance {
  readonly #entries: readonly Entry[];

  /** Throws a {@link ConfigError} with a sentence for each entry that cannot be read. */
  constructor(entries: readonly string[]) {
    const problems: string[] = [];
    this.#entries = entries.flatMap((text) => {
      const entry = readEntry(text);
      if (typeof entry !== 'string') return [entry];
      problems.push(`${SETTING}: "${text}" ${entry}`);
      return [];
    });
    if (problems.length > 0) throw new ConfigError(problems);
  }

  /**
   * The entry that lets the address in, as it was written. Names and ranges never open a metadata service, which hands out the
   * machine's own credentials: only its very address does.
   */
  entryFor(candidate: Candidate): string | undefined {
    if (!mayBeAllowed(candidate.class)) return undefined;
    return this.#entries.find((entry) => opens(entry, candidate))?.text;
  }

  /** The narrowest setting that would let the address in, undefined when none would. */
  static settingFor({ host, port, octets, class: addressClass }: Candidate): string | undefined {
    if (!mayBeAllowed(addressClass)) return undefined;
    const byAddress = addressClass === 'metadata' || isAddress(host);
    const named = byAddress ? bracketed(addressText(octets)) : host;
    return `${SETTING}=${named}:${port}`;
  }
}

function opens(entry: Entry, candidate: Candidate): boolean {
  if (entry.port !== undefined && entry.port !== candidate.port) return false;
  if (entry.range === undefined) return candidate.class !== 'metadata' && entry.host === candidate.host;
  const exact = sameAddress(entry.range.octets, candidate.octets) && entry.range.bits === candidate.octets.length * 8;
  return candidate.class === 'metadata' ? exact : contains(entry.range, candidate.octets);
}

/** The entry, or what is wrong with it as the rest of a sentence. */
function readEntry(text: string): Entry | string {
  const whole = addressRange(text);
  const [named, port] = whole === undefined ? splitPort(text) : [text, undefined];
  if (port !== undefined && !(port >= 1 && port <= 65_535)) return 'has a port outside 1 to 65535';
  const range = whole ?? addressRange(withoutBrackets(named));
  if (range !== undefined) return readRange(text, port, range);
  if (named.includes('/'))
    return 'is no range: write 10.0.0.0/8 or fd00::/8, with a port 10.0.0.0/8:443 or [fd00::/8]:443';
  const host = canonicalHost(named);
  if (!host.ok || isAddress(host.value)) return 'is no host, no address and no range';
  return { text, port, host: host.value, range: undefined };
}

function readRange(text: string, port: number | undefined, range: AddressRange): Entry | string {
  if (range.octets.length === 16 && meanings(range.octets)[0].length === 4)
    return 'is IPv4 in the clothes of IPv6: write it as IPv4';
  const first = firstOf(range);
  if (!sameAddress(first, range.octets)) {
    return `is no whole range: ${addressText(first)}/${range.bits} is the range, ${addressText(range.octets)} the address`;
  }
  return { text, port, host: undefined, range };
}

/** `host:port`, `range:port` or `[v6]:port`; whatever else has colons is left whole. */
function splitPort(text: string): [string, number | undefined] {
  const match = /^(\[[^\]]*\]|[^:]*):(\d{1,9})$/.exec(text);
  return match?.[1] === undefined ? [text, undefined] : [match[1], Number(match[2])];
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
