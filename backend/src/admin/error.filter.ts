import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { ErrorBody } from '../../../libs/contracts/errors.js';
import { DomainError } from '../persistence/domain-error.js';
import { ERROR_STATUS } from './error-status.js';
import { requestIdOf } from './http/access-log.js';
import { Routes } from './http/routes.js';

/**
 * The one place where an error becomes an answer. Only a {@link DomainError} speaks for itself: every other message may
 * repeat what the caller sent (parsers quote the text they choke on), so it goes to the log by its class and place, and
 * the caller learns a request id.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #log = new Logger('admin');

  constructor(private readonly routes: Routes) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const known = this.#known(error, request, response);
    if (known.code === 'INTERNAL') this.#log.error({ requestId: requestIdOf(request), ...withoutText(error) });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body: ErrorBody = {
      error: known.message,
      code: known.code,
      ...(known.details.length > 0 ? { details: known.details } : {}),
    };
    response.status(ERROR_STATUS[known.code]).set('Cache-Control', 'no-store').json(body);
  }

  #known(error: unknown, request: Request, response: Response): DomainError {
    if (error instanceof DomainError) return error;
    if (error instanceof HttpException && error.getStatus() === 404) return this.#unrouted(request, response);
    // Express refuses what cannot be decoded in a path; Nest wraps that in a 400 that quotes it.
    if (error instanceof HttpException && error.getStatus() === 400) {
      return new DomainError('BAD_REQUEST', 'The request could not be read; check its path and its fields.');
    }
    return new DomainError(
      'INTERNAL',
      `Something went wrong here; the log says more at request ${requestIdOf(request)}.`,
    );
  }

  /** Nothing is routed there: either the path is unknown, or it does not take the method. */
  #unrouted(request: Request, response: Response): DomainError {
    const methods = this.routes.methodsOf(request.path);
    if (methods.length === 0 || methods.includes(request.method)) {
      return new DomainError('NOT_FOUND', 'There is nothing at this path; /v1/system is a good one to try.');
    }
    response.set('Allow', methods.join(', '));
    return new DomainError('METHOD_NOT_ALLOWED', `This path takes ${methods.join(', ')}.`);
  }
}

/** What the log may know of an unexpected error: its class, its code, and where it came from; never its message. */
function withoutText(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { msg: 'an unexpected error', class: typeof error };
  const places = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12);
  return {
    msg: 'an unexpected error',
    class: error.name,
    code: Reflect.get(error, 'code'),
    at: places.map((line) => line.trim()),
  };
}
