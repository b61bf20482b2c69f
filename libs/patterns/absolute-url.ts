import { DEFAULT_PORTS, parseAuthority, type Scheme } from './authority.js';
import type { CanonicalHost } from './canonical-host.js';
import { parsed, unreadable, type Parsed } from './parsed.js';

/** An absolute http or https URL, split without rewriting: what follows the authority is as it was written. */
export interface AbsoluteUrl {
  readonly scheme: Scheme;
  readonly host: CanonicalHost;
  readonly port: number;
  /** Begins with a slash; a slash alone when nothing was written. */
  readonly pathAndQuery: string;
}

const ABSOLUTE = /^(https?):\/\/([^/?#]*)(.*)$/is;

/** Splits an absolute URL by RFC 3986's own grammar; nothing is normalized but the host. */
export function parseAbsoluteUrl(text: string): Parsed<AbsoluteUrl> {
  const [, schemeText, authorityText, rest] = ABSOLUTE.exec(text) ?? [];
  if (schemeText === undefined || authorityText === undefined || rest === undefined) {
    return unreadable('The URL begins with http:// or https://.');
  }
  const authority = parseAuthority(authorityText);
  if (!authority.ok) return authority;
  const scheme = schemeText.toLowerCase() === 'https' ? 'https' : 'http';
  const { host, port } = authority.value;
  const pathAndQuery = rest.startsWith('/') ? rest : `/${rest}`;
  return parsed({ scheme, host, port: port ?? DEFAULT_PORTS[scheme], pathAndQuery });
}
