import type { NextFunction, Request, Response } from 'express';

/** Existing clients call `/api/…` (the command-line program) or `/api/v1/…`: both mean `/v1/…`. */
export function aliasedPath(url: string): string {
  return url.replace(/^\/api(?:\/v1)?(?=[/?]|$)/, '/v1');
}

/** Rewrites the path before routing; `originalUrl` keeps what was sent, for the access log. */
export function pathAliases(request: Request, _response: Response, next: NextFunction): void {
  request.url = aliasedPath(request.url);
  next();
}

/** Whether a path belongs to the API, whose unknown paths answer JSON, and not to the console. */
export function isApiPath(path: string): boolean {
  return /^\/(?:v1|api)(?:\/|$)/.test(path) || path === '/healthz' || path === '/readyz';
}
