import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Config } from '../../config/config.js';
import { DomainError } from '../../persistence/domain-error.js';
import { isCrossSite } from './cross-site.js';
import { isOwnHost, parseAuthority } from './host-check.js';

/** Orchestrators probe by address, whatever its name is, and learn only whether the process works. */
const PROBES: readonly string[] = ['/healthz', '/readyz'];

/** Keeps other sites' pages out of REST, event streams and console alike; without sign-in this is what guards them. */
export function ownPagesOnly(config: Config): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction): void => {
    next(PROBES.includes(request.path) ? undefined : refusalOf(request, config));
  };
}

function refusalOf(request: Request, { admin }: Config): DomainError | undefined {
  const host = request.headers.host;
  const port = request.socket.localPort ?? admin.port;
  if (host === undefined || !isOwnHost(host, { ...admin, port })) {
    const named = parseAuthority(host) === undefined ? 'that name' : `the name ${String(host).slice(0, 120)}`;
    return new DomainError(
      'FORBIDDEN',
      `OneCLI does not answer to ${named}; if it is yours, add it (with its port) to ADMIN_ALLOWED_HOSTS.`,
    );
  }
  const crossSite = isCrossSite(
    {
      method: request.method,
      host,
      origin: request.get('origin'),
      secFetchSite: request.get('sec-fetch-site'),
      secFetchMode: request.get('sec-fetch-mode'),
      secFetchDest: request.get('sec-fetch-dest'),
    },
    admin.publicUrl,
  );
  if (!crossSite) return undefined;
  return new DomainError(
    'FORBIDDEN',
    'Another site caused this request, so OneCLI refused it; if that site is your console, set ADMIN_PUBLIC_URL to its address.',
  );
}
