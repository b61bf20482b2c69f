import { parseAuthority } from './authority.js';
import { isAddress, type CanonicalHost } from './canonical-host.js';
import { parsed, unreadable, type Parsed } from './parsed.js';

/** Which hosts a rule or a secret is for. A null port means any port. */
export type HostPattern =
  | { readonly kind: 'exact'; readonly host: CanonicalHost; readonly port: number | null }
  /** `*.example.com`: any depth below, not `example.com` itself. The suffix begins with a dot. */
  | { readonly kind: 'below'; readonly suffix: string; readonly port: number | null }
  | { readonly kind: 'any'; readonly port: number | null };

const MAX_LENGTH = 512;

/** Reads `api.example.com`, `*.example.com` or `*`, each with an optional `:port`. */
export function parseHostPattern(text: string): Parsed<HostPattern> {
  const fault = shapeFault(text);
  if (fault !== undefined) return unreadable(fault);
  if (text === '*') return parsed({ kind: 'any', port: null });
  if (text.startsWith('*:')) return anyHostOnPort(text);
  if (text.startsWith('*.')) return below(text);
  if (text.includes('*')) return unreadable('A `*` stands alone or as `*.` in front of a host.');
  const authority = parseAuthority(text);
  return authority.ok ? parsed({ kind: 'exact', ...authority.value }) : authority;
}

/** The pattern in its canonical spelling. */
export function formatHostPattern(pattern: HostPattern): string {
  const port = pattern.port === null ? '' : `:${String(pattern.port)}`;
  switch (pattern.kind) {
    case 'exact':
      return pattern.host + port;
    case 'below':
      return `*${pattern.suffix}${port}`;
    case 'any':
      return `*${port}`;
  }
}

export function matchesHost(pattern: HostPattern, host: CanonicalHost, port: number): boolean {
  return (pattern.port === null || pattern.port === port) && matchesHostName(pattern, host);
}

/** Whether the pattern concerns a host on some port. */
export function matchesHostName(pattern: HostPattern, host: CanonicalHost): boolean {
  switch (pattern.kind) {
    case 'exact':
      return pattern.host === host;
    case 'below':
      return host.endsWith(pattern.suffix);
    case 'any':
      return true;
  }
}

/** Larger is more specific: exact over wildcard, longer suffix over shorter, with a port over without. */
export function hostSpecificity(pattern: HostPattern): number {
  const port = pattern.port === null ? 0 : 1;
  switch (pattern.kind) {
    case 'exact':
      return 10_000 + port;
    case 'below':
      return pattern.suffix.length * 2 + port;
    case 'any':
      return port;
  }
}

/** Whether everything that `candidate` matches is matched by `than` too. */
export function isHostNarrowerOrEqual(candidate: HostPattern, than: HostPattern): boolean {
  if (than.port !== null && than.port !== candidate.port) return false;
  switch (candidate.kind) {
    case 'exact':
      return matchesHostName(than, candidate.host);
    case 'below':
      return than.kind === 'any' || (than.kind === 'below' && candidate.suffix.endsWith(than.suffix));
    case 'any':
      return than.kind === 'any';
  }
}

function shapeFault(text: string): string | undefined {
  if (text === '') return 'A host pattern is not empty; `*` means any host.';
  if (text.length > MAX_LENGTH) return `A host pattern has at most ${MAX_LENGTH} characters.`;
  if (text.includes('://')) return 'A host pattern has no scheme: leave out what stands before the host.';
  if (text.includes('/')) return 'A host pattern has no path: the path pattern is a field of its own.';
  return undefined;
}

function anyHostOnPort(text: string): Parsed<HostPattern> {
  const authority = parseAuthority(`any${text.slice(1)}`);
  return authority.ok ? parsed({ kind: 'any', port: authority.value.port }) : authority;
}

function below(text: string): Parsed<HostPattern> {
  const rest = text.slice(2);
  if (rest.includes('*')) return unreadable('A `*` stands only in front: `*.example.com` matches any depth below.');
  const authority = parseAuthority(rest);
  if (!authority.ok) return authority;
  if (isAddress(authority.value.host)) return unreadable('A `*.` stands in front of a name, not of an address.');
  return parsed({ kind: 'below', suffix: `.${authority.value.host}`, port: authority.value.port });
}
