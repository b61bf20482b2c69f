import { jest } from '@jest/globals';
import { Logger, type ArgumentsHost } from '@nestjs/common';
import { ErrorFilter } from './error.filter.js';
import type { Routes } from './http/routes.js';

/** An unexpected error whose texts all quote what a caller sent, as those of parsers and databases do. */
class QuotingError extends Error {
  override readonly name = 'QuotingError';
  readonly code = 'E_QUOTED';
  readonly detail = 'canary in a detail';
}

describe('the error filter', () => {
  afterEach(() => jest.restoreAllMocks());

  it('tells of an unexpected error its class, code and place in the log, its text to nobody', () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const answered: unknown[] = [];
    const response = { headersSent: false, status: note, set: note, json: note };
    function note(...given: unknown[]): typeof response {
      answered.push(...given);
      return response;
    }
    const http = { getRequest: () => ({ path: '/v1/secrets', method: 'POST' }), getResponse: () => response };
    const error = new QuotingError('canary in a message\ncanary in its second line', { cause: 'canary in a cause' });
    new ErrorFilter({} as Routes).catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
    const log = JSON.stringify(logged.mock.calls);
    expect(log).toContain('QuotingError');
    expect(log).toContain('E_QUOTED');
    expect(log).toContain('error.filter.spec');
    expect(answered).toEqual(expect.arrayContaining([500, expect.objectContaining({ code: 'INTERNAL' })]));
    expect(log + JSON.stringify(answered)).not.toContain('canary');
  });
});
