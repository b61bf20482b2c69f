import { canonicalHost, type CanonicalHost } from './canonical-host.js';
import { parsed, unreadable, type Parsed } from './parsed.js';

/** `host` or `host:port`, read once. */
export interface Authority {
  readonly host: CanonicalHost;
  /** Null when none was written. */
  readonly port: number | null;
}

export type Scheme = 'http' | 'https';

export const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/** Reads an authority (RFC 3986, 3.2) without userinfo. A colon without a port and a port with leading zeros are refused. */
export function parseAuthority(text: string): Parsed<Authority> {
  if (text.includes('@')) return unreadable('An authority has no user name or password in it.');
  const colon = portColon(text);
  if (colon === 'many') return unreadable('An IPv6 address stands in brackets.');
  const host = canonicalHost(colon < 0 ? text : text.slice(0, colon));
  if (!host.ok) return host;
  if (colon < 0) return parsed({ host: host.value, port: null });
  const port = parsePort(text.slice(colon + 1));
  return port.ok ? parsed({ host: host.value, port: port.value }) : port;
}

/** A decimal port from 1 to 65535 in its only spelling. */
export function parsePort(text: string): Parsed<number> {
  const port = Number(text);
  if (!/^[1-9][0-9]{0,4}$/.test(text) || port > 65_535) return unreadable('A port is a number from 1 to 65535.');
  return parsed(port);
}

/** The authority as it stands in a `Host` field: the port is left out when it is the scheme's own. */
export function formatAuthority(host: CanonicalHost, port: number, scheme: Scheme): string {
  return port === DEFAULT_PORTS[scheme] ? host : `${host}:${String(port)}`;
}

function portColon(text: string): number | 'many' {
  const after = text.startsWith('[') ? text.indexOf(']') + 1 : 0;
  const colon = text.indexOf(':', after);
  if (colon >= 0 && text.includes(':', colon + 1)) return 'many';
  return colon;
}
