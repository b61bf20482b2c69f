import type { CanonicalHost } from '../../../libs/patterns/canonical-host.js';
import type { HostPattern } from '../../../libs/patterns/host-pattern.js';

/** Remembered hosts; past that the memory starts anew, so that a scan of many hosts costs no more than look-ups. */
const REMEMBERED_HOSTS = 4096;

/**
 * Buckets by host pattern (ports aside): what concerns a host is found by the number of its labels, whatever the number
 * of other hosts.
 */
export class HostIndex<T> {
  readonly #make: () => T;
  readonly #exact = new Map<string, T>();
  readonly #below = new Map<string, T>();
  readonly #any: T[] = [];
  readonly #remembered = new Map<string, readonly T[]>();

  constructor(make: () => T) {
    this.#make = make;
  }

  /** The bucket of a pattern, made when it is the first. Only while compiling. */
  bucket(pattern: HostPattern): T {
    switch (pattern.kind) {
      case 'exact':
        return this.#ensure(this.#exact, pattern.host);
      case 'below':
        return this.#ensure(this.#below, pattern.suffix);
      case 'any':
        return (this.#any[0] ??= this.#make());
    }
  }

  /** The buckets that concern a host, the more specific first. */
  concerning(host: CanonicalHost): readonly T[] {
    return this.#remembered.get(host) ?? this.#remember(host);
  }

  #remember(host: CanonicalHost): readonly T[] {
    const found: T[] = [];
    push(found, this.#exact.get(host));
    if (this.#below.size > 0) {
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
        push(found, this.#below.get(host.slice(dot)));
      }
    }
    push(found, this.#any[0]);
    if (this.#remembered.size >= REMEMBERED_HOSTS) this.#remembered.clear();
    this.#remembered.set(host, found);
    return found;
  }

  #ensure(buckets: Map<string, T>, key: string): T {
    const present = buckets.get(key);
    if (present !== undefined) return present;
    const made = this.#make();
    buckets.set(key, made);
    return made;
  }
}

function push<T>(into: T[], bucket: T | undefined): void {
  if (bucket !== undefined) into.push(bucket);
}
