import { PrivateAllowance } from './private-allowance.js';

describe('the setting GATEWAY_ALLOW_PRIVATE', () => {
  it.each([
    '10.0.0.0/8',
    '10.0.0.0/8:443',
    '10.1.2.3',
    '10.1.2.3:80',
    'fd00::/8',
    '[fd00::/8]:443',
    '::1',
    '[::1]',
    '[::1]:80',
    'localhost',
    'DB.internal:5432',
    'bücher.internal',
  ])('takes %s', (entry) => {
    expect(() => new PrivateAllowance([entry])).not.toThrow();
  });

  it('says of all bad entries at once what is wrong', () => {
    const bad = [
      '10.0.0.0/33',
      '10.0.0.1/8',
      '*.internal',
      'db:0',
      'db:99999',
      '127.1',
      '::ffff:10.0.0.0/104',
      'http://db',
      '[fd00::1',
      '',
    ];
    let message = '';
    try {
      new PrivateAllowance(['10.0.0.0/8', ...bad]);
    } catch (error) {
      message = String(error);
    }
    const sentences = message.split('\n');
    expect(sentences).toHaveLength(bad.length);
    for (const [i, entry] of bad.entries()) expect(sentences[i]).toContain(`GATEWAY_ALLOW_PRIVATE: "${entry}" `);
    expect(message).toContain('10.0.0.0/8 is the range, 10.0.0.1 the address');
  });

  it('compares names in their canonical form', () => {
    const allowance = new PrivateAllowance(['DB.Internal.']);
    const candidate = { host: 'db.internal', port: 80, octets: Uint8Array.of(10, 0, 0, 1), class: 'private' } as const;
    expect(allowance.entryFor(candidate)).toBe('DB.Internal.');
    expect(allowance.entryFor({ ...candidate, host: 'other.internal' })).toBeUndefined();
  });
});
