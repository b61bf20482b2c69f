import { HttpErrorResponse } from '@angular/common/http';

import { problemOf } from './problem';

describe('a problem in words', () => {
  it('is the server’s own sentence where there is one', () => {
    const error = { error: 'There is no such request.', code: 'NOT_FOUND' };
    expect(problemOf(new HttpErrorResponse({ status: 404, error }))).toEqual({
      sentence: 'There is no such request.',
      answered: true,
    });
  });

  it('tells silence from an answer that says nothing', () => {
    expect(problemOf(new HttpErrorResponse({ status: 0 }))).toEqual({
      sentence: 'The control plane does not answer.',
      answered: false,
    });
    expect(problemOf(new HttpErrorResponse({ status: 502, error: '<html>' }))).toEqual({
      sentence: 'The control plane answered 502.',
      answered: true,
    });
    expect(problemOf(new Error('x')).answered).toBe(true);
  });
});
