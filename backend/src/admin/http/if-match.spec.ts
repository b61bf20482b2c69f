import { expectedVersion } from './if-match.js';

describe('If-Match', () => {
  it.each([
    [undefined, undefined],
    ['*', undefined],
    ['"3"', '3'],
    [' "01981f" ', '01981f'],
  ])('reads %s as version %s', (field, version) => {
    expect(expectedVersion(field)).toBe(version);
  });

  it.each(['3', 'W/"3"', '"3", "4"', '""', '"a b"'])('refuses %s', (field) => {
    expect(() => expectedVersion(field)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});
