import { parseAuthority } from './host-check.js';

/** The fields of a request that tell which page caused it. */
export interface Provenance {
  readonly method: string;
  readonly host: string;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly secFetchMode: string | undefined;
  readonly secFetchDest: string | undefined;
}

/**
 * Whether another page's script, form, image or frame caused a request. Programs send neither `Origin` nor
 * `Sec-Fetch-Site` and pass; a link that a person follows to the console passes too, because opening a page changes
 * nothing and the other page cannot read it. Another port of the same machine counts as another site: what an agent
 * serves on localhost must not reach the console.
 */
export function isCrossSite(request: Provenance, publicUrl: string): boolean {
  if (isFollowedLink(request)) return false;
  if (request.origin !== undefined && !isOwnOrigin(request.origin, request.host, publicUrl)) return true;
  return request.secFetchSite !== undefined && !['same-origin', 'none'].includes(request.secFetchSite);
}

function isFollowedLink(request: Provenance): boolean {
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    request.origin === undefined &&
    request.secFetchMode === 'navigate' &&
    request.secFetchDest === 'document'
  );
}

function isOwnOrigin(origin: string, host: string, publicUrl: string): boolean {
  if (origin === publicUrl) return true;
  const match = /^(https?):\/\/([^/]+)$/.exec(origin);
  const from = parseAuthority(match?.[2]);
  const to = parseAuthority(host);
  if (match === null || from === undefined || to === undefined) return false;
  const defaultPort = match[1] === 'https' ? 443 : 80;
  return from.name === to.name && (from.port ?? defaultPort) === (to.port ?? defaultPort);
}
