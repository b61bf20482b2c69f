import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError } from '../../persistence/domain-error.js';

/**
 * The version that the caller's change is based on, from `If-Match: "<version>"`; undefined without the field and for
 * `*`. A weak or listed tag is refused: neither can name the one version that a change is based on.
 */
export function expectedVersion(field: string | undefined): string | undefined {
  if (field === undefined || field.trim() === '*') return undefined;
  const match = /^\s*"([\x21\x23-\x7e]{1,100})"\s*$/.exec(field);
  if (match?.[1] === undefined)
    throw new DomainError('BAD_REQUEST', 'If-Match takes one version in quotes, as If-Match: "3".');
  return match[1];
}

/** The handler's parameter that holds the {@link expectedVersion}. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined =>
  expectedVersion(context.switchToHttp().getRequest<Request>().get('if-match')),
);
