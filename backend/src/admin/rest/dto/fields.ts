import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  IsInt,
  IsISO8601,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { PAGE_LIMIT_MAX } from '../../../../../libs/contracts/paging.js';

/** Checked when it is there; null is not a way to leave it out. */
export const Optional = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

/** Checked unless absent or null, which both mean "none". */
export const Nullable = (): PropertyDecorator =>
  ValidateIf((_, value: unknown) => value !== undefined && value !== null);

/** Text of `min` to `max` characters. Messages name the field and never repeat the text. */
export function Text(min: number, max: number): PropertyDecorator {
  return applyDecorators(
    IsString({ message: '$property must be a string' }),
    MinLength(min, {
      message: min === 1 ? '$property must not be empty' : `$property must have at least ${min} characters`,
    }),
    MaxLength(max, { message: `$property must have at most ${max} characters` }),
  );
}

/** A name for people: 1 to 100 characters, something visible at both ends, nothing that controls a terminal. */
export function Name(): PropertyDecorator {
  return applyDecorators(
    Text(1, 100),
    Matches(/^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u, {
      message: '$property must begin and end with a visible character and hold no control characters',
    }),
  );
}

/** A UUID. */
export const Uuid = (): PropertyDecorator => IsUUID(undefined, { message: '$property must be an id (a UUID)' });

/** A point in time with its offset, as `2026-01-31T12:00:00Z`. */
export function Time(): PropertyDecorator {
  const message = '$property must be an ISO 8601 time with its offset, as 2026-01-31T12:00:00Z';
  return applyDecorators(
    IsISO8601({ strict: true, strictSeparator: true }, { message }),
    Matches(/T.*(?:Z|[+-]\d\d:?\d\d)$/, { message }),
  );
}

/** A query's digits as a number; anything else stays as it is, for the checks to refuse. */
export const Digits = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
  );

/** How many items a page may have. */
export function PageLimit(): PropertyDecorator {
  return applyDecorators(
    Optional(),
    Digits(),
    IsInt({ message: '$property must be a whole number' }),
    Min(1, { message: '$property must be at least 1' }),
    Max(PAGE_LIMIT_MAX, { message: `$property must be at most ${PAGE_LIMIT_MAX}` }),
  );
}

/** Where a page begins: the `nextCursor` of the page before. */
export const PageCursor = (): PropertyDecorator => applyDecorators(Optional(), Text(1, 500));
