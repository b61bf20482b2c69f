import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

const ids = new WeakMap<Request, string>();
const log = new Logger('admin');

/** The id that this process gave a request; it is in the answer's `X-Request-Id` and in every log line about it. */
export function requestIdOf(request: Request): string {
  return ids.get(request) ?? 'unknown';
}

/** One line per request once it is over: no query, no fields, no body. Probes are logged at debug. */
export function accessLog(request: Request, response: Response, next: NextFunction): void {
  const id = randomUUID();
  const start = process.hrtime.bigint();
  ids.set(request, id);
  response.setHeader('X-Request-Id', id);
  response.once('close', () => {
    const line = {
      msg: response.writableFinished ? 'request' : 'request aborted',
      requestId: id,
      method: request.method,
      path: request.originalUrl.split('?', 1)[0]?.slice(0, 300),
      status: response.statusCode,
      durationMs: Number(process.hrtime.bigint() - start) / 1e6,
      clientAddress: request.socket.remoteAddress,
    };
    if (request.path === '/healthz' || request.path === '/readyz') log.debug(line);
    else log.log(line);
  });
  next();
}
