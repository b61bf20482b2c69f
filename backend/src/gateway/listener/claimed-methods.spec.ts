import { claimedMethods } from './claimed-methods.js';

describe('claimed methods', () => {
  it('are none in an ordinary request, without an allocation', () => {
    expect(claimedMethods(['Host', 'a', 'X-Http-Methods-Over', 'DELETE'])).toBe(claimedMethods([]));
  });

  it.each(['X-HTTP-Method-Override', 'x-http-method', 'X-METHOD-OVERRIDE', 'X_HTTP_Method_Override'])(
    'are read from %s',
    (name) => {
      expect(claimedMethods(['Accept', '*/*', name, ' delete '])).toEqual(['DELETE']);
    },
  );

  it('are all that several fields and commas claim', () => {
    const fields = ['X-HTTP-Method', 'GET,,put', 'x-http-method', 'Patch', 'X-Method-Override', ''];
    expect(claimedMethods(fields)).toEqual(['GET', 'PUT', 'PATCH']);
  });
});
