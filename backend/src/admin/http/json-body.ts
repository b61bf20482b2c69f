import { json, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { DomainError } from '../../persistence/domain-error.js';

/** Largest body that the control plane reads. */
export const MAX_BODY_BYTES = 1024 * 1024;

const parse = json({ limit: MAX_BODY_BYTES, strict: true, type: 'application/json' });

/** Reads JSON bodies. The parser's own messages quote the body, secret values included, so none of them is passed on. */
export const jsonBody: RequestHandler = (request: Request, response: Response, next: NextFunction): void => {
  if (hasBody(request) && request.is('application/json') === false) {
    next(new DomainError('BAD_REQUEST', 'Send the body as JSON, with Content-Type: application/json.'));
    return;
  }
  parse(request, response, (error?: unknown) => {
    next(error === undefined ? undefined : refusalOf(error));
  });
};

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function refusalOf(error: unknown): DomainError {
  const type = error instanceof Error ? (Reflect.get(error, 'type') as unknown) : undefined;
  switch (type) {
    case 'entity.too.large':
      return new DomainError(
        'PAYLOAD_TOO_LARGE',
        `The body is larger than ${MAX_BODY_BYTES} bytes, the most that OneCLI reads.`,
      );
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new DomainError('BAD_REQUEST', 'Send the body as JSON in UTF-8, plain or gzip.');
    default:
      return new DomainError('BAD_REQUEST', 'The body is not a JSON object or array that can be read.');
  }
}
