import fc from 'fast-check';

import { proxyAuthorizationValues, readProxyAuthorization } from './proxy-authorization.js';

function basic(pair: string, scheme = 'Basic'): string {
  return `${scheme} ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

describe('Proxy-Authorization', () => {
  it.each([
    [basic('x:aoc_1')],
    [basic('aoc_1:')],
    [basic(':aoc_1')],
    [basic('x:aoc_1', 'bAsIc')],
    ['Bearer aoc_1'],
    ['bearer  aoc_1'],
  ])('%s holds the token', (value) => {
    expect(readProxyAuthorization([value])).toEqual({ kind: 'token', token: 'aoc_1' });
  });

  it('keeps colons that are in the password', () => {
    expect(readProxyAuthorization([basic('x:a:b')])).toEqual({ kind: 'token', token: 'a:b' });
  });

  it('is missing when there is no field', () => {
    expect(readProxyAuthorization([])).toEqual({ kind: 'missing' });
  });

  it.each([
    ...[
      '',
      'Basic',
      'Basic ',
      'Bearer',
      'Bearer ',
      'Digest abc',
      'aoc_1',
      'Basic !!!!',
      'Basic YQ',
      'Basic YTpi=',
      'Basic YTpi YTpi',
    ],
    ...[
      basic('nocolon'),
      basic(':'),
      basic(''),
      basic('x:a\nb'),
      basic('x:a\u0000'),
      basic('x:a b'),
      basic('x:\u00e9'),
      'Bearer a b',
    ],
    ...[
      'Bearer a\u0000',
      'Bearer \u00e9',
      `Bearer ${'a'.repeat(513)}`,
      'Basic YTpi\n',
      ' Basic YTpi',
      'Basic YWE6Yi_-',
      'Basic\tYTpi',
    ],
  ])('%j is malformed, and says no more', (value) => {
    expect(readProxyAuthorization([value])).toEqual({ kind: 'malformed' });
  });

  it('is malformed when it is there twice', () => {
    expect(readProxyAuthorization([basic('x:a'), basic('x:a')])).toEqual({ kind: 'malformed' });
  });

  it('gives back every token that a client can send', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-9;-~]{1,100}$/), fc.stringMatching(/^[ -9;-~]{0,20}$/), (token, user) => {
        expect(readProxyAuthorization([basic(`${user}:${token}`)])).toEqual({ kind: 'token', token });
        expect(readProxyAuthorization([basic(`${token}:`)])).toEqual({ kind: 'token', token });
      }),
    );
  });

  it('is found among raw fields in any case', () => {
    expect(proxyAuthorizationValues(['Host', 'a', 'proxy-AUTHORIZATION', '1', 'Proxy-Authorization', '2'])).toEqual([
      '1',
      '2',
    ]);
  });
});
