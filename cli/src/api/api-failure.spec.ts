import { EXIT_CODES } from '../failure.js';
import { apiFailure, unreachable } from './api-failure.js';

const URL_CALLED = new URL('http://localhost:10254/v1/agents');

describe('an error answer', () => {
  it.each([
    [400, EXIT_CODES.error],
    [401, EXIT_CODES.authentication],
    [403, EXIT_CODES.authentication],
    [404, EXIT_CODES.notFound],
    [409, EXIT_CODES.conflict],
    [412, EXIT_CODES.conflict],
    [429, EXIT_CODES.error],
    [500, EXIT_CODES.error],
  ])('with status %i ends the program with %i', (status, exitCode) => {
    expect(apiFailure(URL_CALLED, status, '{"error":"No.","code":"INTERNAL"}').exitCode).toBe(exitCode);
  });

  it('shows each field that was wrong', () => {
    const body = JSON.stringify({
      error: 'Two fields are wrong.',
      code: 'VALIDATION',
      details: [
        { path: 'name', message: 'is empty' },
        { path: '', message: 'too much' },
      ],
    });
    expect(apiFailure(URL_CALLED, 400, body)).toMatchObject({
      message: 'Two fields are wrong.',
      details: ['name: is empty', 'too much'],
    });
  });

  it('says a thing once', () => {
    const body = JSON.stringify({
      error: 'Name is empty.',
      code: 'VALIDATION',
      details: [{ path: 'name', message: 'name is empty' }],
    });
    expect(apiFailure(URL_CALLED, 400, body).details).toEqual([]);
  });

  it.each(['<html>', '{}', '{"error":7,"code":"X"}', 'null'])('that is not of OneCLI says so: %s', (body) => {
    expect(apiFailure(URL_CALLED, 502, body).message).toBe(
      "http://localhost:10254 answered 502 in a way that OneCLI does not. Is it the control plane's address?",
    );
  });
});

describe('no answer', () => {
  it('asks whether it is running', () => {
    const refused = new AggregateError([], '');
    expect(unreachable(URL_CALLED, Object.assign(refused, { code: 'ECONNREFUSED' }))).toMatchObject({
      exitCode: EXIT_CODES.error,
      message: 'OneCLI does not answer at http://localhost:10254 (nothing listens there). Is it running?',
    });
  });
});
