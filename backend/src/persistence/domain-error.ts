import type { ErrorCode, ErrorDetail } from '../../../libs/contracts/errors.js';

/**
 * What a use case refuses, as a value of the closed table `ErrorCode`. The message is one sentence for people that says
 * what to do; `details` name the fields. Both planes' edges render it; nothing else does.
 */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: readonly ErrorDetail[] = [],
  ) {
    super(message);
    this.name = 'DomainError';
  }

  /** A body that was well-formed and makes no sense: the sentence of the first detail is the sentence of the error. */
  static invalid(first: ErrorDetail, ...others: ErrorDetail[]): DomainError {
    return new DomainError('VALIDATION', `${first.path}: ${first.message}`, [first, ...others]);
  }
}
