import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { ErrorDetail } from '../../../../libs/contracts/errors.js';
import { DomainError } from '../../persistence/domain-error.js';

/** Most problems that one answer lists. */
const MAX_DETAILS = 50;
/** class-validator's constraint that a property breaks which no DTO declares. */
const UNKNOWN = 'whitelistValidation';
const NAME_LIKE = /^[A-Za-z_]{1,40}$/;

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
  return new DomainError(
    'VALIDATION',
    first === undefined ? 'The request is not valid.' : sentence(first.message),
    details,
  );
}

function detailsOf(error: ValidationError, above: string): ErrorDetail[] {
  const property = spoken(error);
  const path = above === '' ? property : `${above}.${property}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    path,
    message: constraint === UNKNOWN ? `${property} is not a known property` : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => detailsOf(child, path))];
}

/** What to call a property. An unknown one that does not look like a name may be a secret value in the wrong place. */
function spoken({ property, constraints }: ValidationError): string {
  return constraints?.[UNKNOWN] === undefined || NAME_LIKE.test(property) ? property : 'one of the properties';
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
