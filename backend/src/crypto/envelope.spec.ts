import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { open, rewrap, seal, sealedKeyId, SealedValueError, type SealedPlace } from './envelope.js';
import { KeyRing } from './key-ring.js';
import { SecretValue } from './secret-value.js';
import { hashToken, mintToken } from './token.js';

const place: SealedPlace = { table: 'secret', rowId: '0193-a', column: 'value' };
const keyText = (): string => randomBytes(32).toString('base64');

describe('the envelope', () => {
  it('opens what it sealed, whatever the bytes', () => {
    const ring = KeyRing.parse(keyText());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        expect(open(ring, seal(ring, bytes, place), place).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  it.each(['table', 'rowId', 'column'] as const)('does not open a value that was moved to another %s', (part) => {
    const ring = KeyRing.parse(keyText());
    const sealed = seal(ring, Buffer.from('canary'), place);
    expect(() => open(ring, sealed, { ...place, [part]: 'elsewhere' })).toThrow(SealedValueError);
  });

  it('does not open a value with any one bit changed', () => {
    const ring = KeyRing.parse(keyText());
    const sealed = seal(ring, Buffer.from('canary'), place);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(ring, changed, place)).toThrow(SealedValueError);
    }
  });

  it('never seals to the same bytes twice, nor contains the clear text', () => {
    const ring = KeyRing.parse(keyText());
    const [one, two] = [
      seal(ring, Buffer.from('canary-canary'), place),
      seal(ring, Buffer.from('canary-canary'), place),
    ];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('canary')).toBe(false);
  });

  it('takes a nonce of its own for every encryption, of data keys and of values', () => {
    const ring = KeyRing.parse(keyText());
    const nonces = Array.from({ length: 50 }, () => seal(ring, Buffer.from('same'), place)).flatMap((sealed) => [
      sealed.toString('hex', 9, 21),
      sealed.toString('hex', 69, 81),
    ]);
    expect(new Set(nonces).size).toBe(100);
  });

  it('takes a data key of its own for every value', () => {
    const ring = KeyRing.parse(keyText());
    const [one, two] = [seal(ring, Buffer.from('same'), place), seal(ring, Buffer.from('same'), place)];
    const mixed = Buffer.concat([one.subarray(0, 69), two.subarray(69)]);
    expect(() => open(ring, mixed, place)).toThrow(SealedValueError);
  });

  it('says which key is missing when a value was sealed with one that was not given', () => {
    const [old, other] = [keyText(), keyText()];
    const sealed = seal(KeyRing.parse(old), Buffer.from('x'), place);
    expect(() => open(KeyRing.parse(other), sealed, place)).toThrow(
      expect.objectContaining({ reason: 'unknown_key', message: expect.stringContaining(sealedKeyId(sealed)) }),
    );
  });

  it('re-wraps to the current key and keeps opening with the previous one meanwhile', () => {
    const [old, next] = [keyText(), keyText()];
    const sealed = seal(KeyRing.parse(old), Buffer.from('value'), place);
    const both = KeyRing.parse(`${next}, ${old}`);
    expect(open(both, sealed, place).toString()).toBe('value');
    const rewrapped = rewrap(both, sealed, place);
    expect(rewrapped && open(KeyRing.parse(next), rewrapped, place).toString()).toBe('value');
    expect(rewrapped && rewrap(both, rewrapped, place)).toBeUndefined();
  });

  it.each(['table', 'rowId', 'column'] as const)('does not re-wrap a value that was moved to another %s', (part) => {
    const [old, next] = [keyText(), keyText()];
    const sealed = seal(KeyRing.parse(old), Buffer.from('value'), place);
    expect(() => rewrap(KeyRing.parse(`${next},${old}`), sealed, { ...place, [part]: 'elsewhere' })).toThrow(
      SealedValueError,
    );
  });
});

describe('a key ring', () => {
  it.each(['', 'too-short', 'g'.repeat(64), randomBytes(31).toString('base64'), `${keyText()},another-bad-one`])(
    'refuses %j with a sentence that does not repeat it',
    (text) => {
      let message = '';
      try {
        KeyRing.parse(text);
      } catch (error) {
        message = String(error);
      }
      expect(message).toMatch(/32 bytes in base64 or hex/);
      for (const part of text.split(',').filter((some) => some !== '')) expect(message).not.toContain(part);
    },
  );

  it('takes hex, base64 and base64url for the same key', () => {
    const bytes = randomBytes(32);
    const ids = (['hex', 'base64', 'base64url'] as const).map((form) => KeyRing.parse(bytes.toString(form)).current.id);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('tokens', () => {
  it('carry 256 random bits after their prefix and are found by their hash', () => {
    const token = mintToken('aoc_');
    expect(token).toMatch(/^aoc_[A-Za-z0-9_-]{43}$/);
    expect(mintToken('aoc_')).not.toBe(token);
    expect(hashToken(token)).toBe(hashToken(token));
    expect(hashToken(token)).not.toContain(token.slice(4, 12));
  });
});

describe('a secret value', () => {
  it('prints as [secret] however it is printed', () => {
    const value = new SecretValue('canary');
    const printed = [
      String(value),
      `${value}`,
      '' + value,
      JSON.stringify({ value }),
      inspect({ value }, { showHidden: true, depth: 9 }),
      Object.entries(value).join(),
    ];
    expect(printed.join('\n')).not.toContain('canary');
    expect(value.reveal()).toBe('canary');
  });
});
