import { randomBytes } from 'node:crypto';
import { KeyRing } from '../crypto/key-ring.js';
import { SecretValue } from '../crypto/secret-value.js';
import { SecretVault } from './secret-vault.js';

const aVault = (): SecretVault => new SecretVault(KeyRing.parse(randomBytes(32).toString('base64')));

describe('the vault', () => {
  it('opens the same value again and again', () => {
    const vault = aVault();
    const sealed = vault.seal('a', new SecretValue('välue'));
    expect([1, 2, 3].map(() => vault.open('a', sealed).reveal())).toEqual(['välue', 'välue', 'välue']);
  });

  it('opens a value for no other secret, even after it was opened for its own', () => {
    const vault = aVault();
    const sealed = vault.seal('a', new SecretValue('value'));
    vault.open('a', sealed);
    expect(() => vault.open('b', sealed)).toThrow(/altered or moved/);
  });

  it('does not open a rotated value from what it remembers of the old one', () => {
    const vault = aVault();
    vault.open('a', vault.seal('a', new SecretValue('old')));
    expect(vault.open('a', vault.seal('a', new SecretValue('new'))).reveal()).toBe('new');
  });

  it('does not open what was sealed with another key', () => {
    const sealed = aVault().seal('a', new SecretValue('value'));
    expect(() => aVault().open('a', sealed)).toThrow(/not among the given keys/);
  });
});
