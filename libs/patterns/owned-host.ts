import { parse } from 'tldts';

import { isAddress } from './canonical-host.js';
import type { HostPattern } from './host-pattern.js';

/**
 * Why a secret may not be aimed at this pattern: under `*`, `*.com` or `*.github.io` anybody can own a host and would
 * be sent the value. Undefined when the pattern names something that one party owns.
 */
export function ownedHostFault(pattern: HostPattern): string | undefined {
  switch (pattern.kind) {
    case 'any':
      return 'A secret needs a host of its own: `*` would send it to every host.';
    case 'below': {
      const name = pattern.suffix.slice(1);
      return isPublicSuffix(name)
        ? `Anybody can own a host below ${name}: name the owner's part too, such as *.example.${name}.`
        : undefined;
    }
    case 'exact':
      return isRegistry(pattern.host) ? `${pattern.host} is a registry's suffix and not a host.` : undefined;
  }
}

/** Names below which different parties own hosts: `com`, `co.uk`, and private ones such as `github.io`. */
function isPublicSuffix(name: string): boolean {
  return parse(name, { allowPrivateDomains: true, validateHostname: false }).domain === null;
}

/** An exact private suffix, such as `s3.amazonaws.com`, is a host that its operator owns; `co.uk` is nobody's host. */
function isRegistry(host: string): boolean {
  if (isAddress(host)) return false;
  const { domain, isIcann } = parse(host, { validateHostname: false });
  return domain === null && isIcann === true;
}
