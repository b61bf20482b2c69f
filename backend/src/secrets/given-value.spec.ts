import { SecretValue } from '../crypto/secret-value.js';
import { givenValue, previewOf } from './given-value.js';

describe('a given value', () => {
  it.each(['x', 'with spaces and ü', 'x'.repeat(16_384)])('is kept as it is', (text) => {
    expect(givenValue(text).reveal()).toBe(text);
  });

  it.each(['', 'canary\n', 'can\rary', 'can\0ary', '\ud800canary', 'ü'.repeat(8193)])(
    'is refused without being repeated',
    (text) => {
      expect(() => givenValue(text)).toThrow(
        expect.objectContaining({ code: 'VALIDATION', message: expect.not.stringMatching(/canary|üü/) }),
      );
    },
  );

  it.each([
    ['123456789012', null],
    ['1234567890123', '0123'],
    ['👍'.repeat(13), '👍'.repeat(4)],
    ['👍'.repeat(7), null],
  ])('shows the last four characters when it has more than twelve', (text, preview) => {
    expect(previewOf(new SecretValue(text))).toBe(preview);
  });
});
