import { parseAbsoluteUrl } from '../../../../libs/patterns/absolute-url.js';
import { DEFAULT_PORTS, formatAuthority, parseAuthority, type Scheme } from '../../../../libs/patterns/authority.js';
import type { CanonicalHost } from '../../../../libs/patterns/canonical-host.js';
import { readPath } from '../../../../libs/patterns/request-path.js';
import type { DecidableRequest } from '../../policy/decidable-request.js';

/** Whom a tunnel or a request is for. */
export interface TargetOrigin {
  readonly scheme: Scheme;
  readonly host: CanonicalHost;
  readonly port: number;
}

/** The method as sent, and those that override fields claim (claimed-methods.ts). */
export interface AskedMethod {
  readonly method: string;
  readonly claimedMethods: readonly string[];
}

/** What a request names, read once: everything after this compares these values and sends these bytes. */
export interface RequestTarget extends DecidableRequest {
  /** The one `Host` field that the upstream gets. */
  readonly authority: string;
  /** The very bytes that are forwarded, before injections. */
  readonly pathAndQuery: string;
  /** As sent, without its question mark; null when there is none. */
  readonly query: string | null;
}

export type TargetRefusalCode = 'malformed_target' | 'ambiguous_path';

export interface TargetRefusal {
  readonly ok: false;
  readonly code: TargetRefusalCode;
  /** One sentence; nothing of the target is quoted in it. */
  readonly message: string;
}

export type TargetResult = { readonly ok: true; readonly target: RequestTarget } | TargetRefusal;
export type ConnectResult = { readonly ok: true; readonly host: CanonicalHost; readonly port: number } | TargetRefusal;

// eslint-disable-next-line no-control-regex -- finding control bytes is the point
const CONTROL = /[\u0000-\u0020\u007f]/;

/** Reads the authority-form of CONNECT (RFC 9112, 3.2.3): `host:port`, the port always written. */
export function parseConnectTarget(text: string): ConnectResult {
  const authority = parseAuthority(text);
  if (!authority.ok) return malformed(authority.why);
  const { host, port } = authority.value;
  return port === null ? malformed('CONNECT names a port: host:port.') : { ok: true, host, port };
}

/** Reads the absolute-form (RFC 9112, 3.2.2), http or https. What follows the authority is forwarded as it came. */
export function parseAbsoluteTarget(text: string, asked: AskedMethod): TargetResult {
  const url = parseAbsoluteUrl(text);
  return url.ok ? readTarget(url.value, url.value.pathAndQuery, asked) : malformed(url.why);
}

/** Reads the origin-form (RFC 9112, 3.2.1) of a request whose authority is known from its tunnel. */
export function parseOriginTarget(text: string, origin: TargetOrigin, asked: AskedMethod): TargetResult {
  return text.startsWith('/') ? readTarget(origin, text, asked) : malformed('The request target begins with a slash.');
}

/**
 * Whether a `Host` field names the target (RFC 9112, 3.2). Without a port it means the scheme's own; letter case and a
 * trailing dot do not matter.
 */
export function hostFieldMatches(hostField: string, target: TargetOrigin): boolean {
  if (hostField === target.host) return target.port === DEFAULT_PORTS[target.scheme];
  const authority = parseAuthority(hostField);
  if (!authority.ok) return false;
  const { host, port } = authority.value;
  return host === target.host && (port ?? DEFAULT_PORTS[target.scheme]) === target.port;
}

function readTarget(origin: TargetOrigin, pathAndQuery: string, asked: AskedMethod): TargetResult {
  if (pathAndQuery.includes('#')) return malformed('A request target has no fragment.');
  const mark = pathAndQuery.indexOf('?');
  const path = mark < 0 ? pathAndQuery : pathAndQuery.slice(0, mark);
  const query = mark < 0 ? null : pathAndQuery.slice(mark + 1);
  if (query !== null && CONTROL.test(query)) return malformed('The query has a space or a control character in it.');
  const forms = readPath(path);
  if (!forms.ok) return { ok: false, code: 'ambiguous_path', message: forms.why };
  const { scheme, host, port } = origin;
  const authority = formatAuthority(host, port, scheme);
  const { method, claimedMethods } = asked;
  const named = { scheme, host, port, method, claimedMethods, path, ...forms.value };
  return { ok: true, target: { ...named, authority, pathAndQuery, query } };
}

function malformed(message: string): TargetRefusal {
  return { ok: false, code: 'malformed_target', message };
}
