import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { ErrorDetail } from '../../../../libs/contracts/errors.js';
import { DomainError } from '../../persistence/domain-error.js';

/** Most problems that one answer lists. */
const MAX_DETAILS = 50;

/** Turns bodies and queries into DTOs, or says by field what is wrong with them, never repeating what they hold. */
export class WireValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
      exceptionFactory: refusalOf,
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body') return super.transform(value, metadata) as Promise<unknown>;
    if (Array.isArray(value)) throw new DomainError('VALIDATION', 'The body must be a JSON object.');
    return super.transform(value ?? {}, metadata) as Promise<unknown>;
  }
}

function refusalOf(errors: readonly ValidationError[]): DomainError {
  const details = errors.flatMap((error) => detailsOf(error, '')).slice(0, MAX_DETAILS);
  const first = details[0];
  return new DomainError('VALIDATION', first === undefined ? 'The request is not valid.' : sentence(first.message), details);
}

function detailsOf(error: ValidationError, above: string): ErrorDetail[] {
  const path = above === '' ? error.property : `${above}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    path: path.slice(0, 200),
    message: constraint === 'whitelistValidation' ? `${error.property.slice(0, 100)} is not a known property` : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => detailsOf(child, path))];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
