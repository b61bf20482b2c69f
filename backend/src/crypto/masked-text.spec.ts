import { inspect } from 'node:util';
import fc from 'fast-check';
import { MaskedText } from './masked-text.js';

describe('a masked text', () => {
  it('is revealed as it was, as often as one likes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const masked = new MaskedText(Buffer.from(text, 'utf8'));
        expect([masked.reveal(), masked.reveal()]).toEqual([text, text]);
      }),
    );
  });

  it('overwrites the bytes that it was given, and prints nothing of them', () => {
    const bytes = Buffer.from('canary-canary');
    const masked = new MaskedText(bytes);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(inspect(masked, { showHidden: true }) + JSON.stringify({ masked })).not.toContain('canary');
  });
});
