import { ipOctets } from '../../authority/ip-octets.js';
import { ConfigError } from '../../config/config.js';
import {
  addressRange,
  addressText,
  contains,
  firstOf,
  sameAddress,
  type AddressRange,
} from '../forward/address-range.js';

const SETTING = 'GATEWAY_TRUSTED_PROXIES';

/** The balancers of `GATEWAY_TRUSTED_PROXIES`: from them a PROXY protocol header is required, from nobody else is it believed. */
export class TrustedProxies {
  readonly #ranges: readonly AddressRange[];

  /** Throws a {@link ConfigError} with a sentence for each entry that cannot be read. */
  constructor(entries: readonly string[]) {
    const read = entries.map((text) => readEntry(text));
    const problems = read.flatMap((entry, i) =>
      typeof entry === 'string' ? [`${SETTING}: "${entries[i]}" ${entry}`] : [],
    );
    if (problems.length > 0) throw new ConfigError(problems);
    this.#ranges = read.filter((entry) => typeof entry !== 'string');
  }

  get none(): boolean {
    return this.#ranges.length === 0;
  }

  /** `address` as client-address.ts writes it. */
  includes(address: string | null): boolean {
    const octets = address === null ? undefined : ipOctets(address);
    return octets !== undefined && this.#ranges.some((range) => contains(range, octets));
  }
}

/** The range, or what is wrong with it as the rest of a sentence. */
function readEntry(text: string): AddressRange | string {
  const range = addressRange(text);
  if (range === undefined) return 'is no address and no range: write 10.0.0.5, 10.0.0.0/24 or fd00::/64';
  const first = firstOf(range);
  if (sameAddress(first, range.octets)) return range;
  return `is no whole range: ${addressText(first)}/${range.bits} is the range, ${addressText(range.octets)} the address`;
}
