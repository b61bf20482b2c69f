import { HttpErrorResponse } from '@angular/common/http';

import type { ErrorBody } from '../../../../libs/contracts/errors';

/** What went wrong with a call, as people read it. */
export interface Problem {
  readonly sentence: string;
  /** False when nothing answered at all. */
  readonly answered: boolean;
}

/** Turns anything that a call threw into a sentence; the server's own sentence is preferred. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof HttpErrorResponse)) return { sentence: 'Something unexpected happened.', answered: true };
  if (error.status === 0) return { sentence: 'The control plane does not answer.', answered: false };
  const body: unknown = error.error;
  if (isErrorBody(body)) return { sentence: body.error, answered: true };
  return { sentence: `The control plane answered ${error.status}.`, answered: true };
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string';
}
