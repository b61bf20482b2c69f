import { randomBytes } from 'node:crypto';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { checkKeys } from '../../src/persistence/key-check.js';
import { createTestDatabase } from '../support/database.js';
import { openDataLayer } from './data-layer.js';

const aKey = () => randomBytes(32).toString('base64');

describe('the check of the encryption key', () => {
  it('knows a wrong key on an installation that holds nothing yet, and writes nothing then', async () => {
    const database = await createTestDatabase();
    try {
      const [first, other] = [aKey(), aKey()];
      const [right, wrong] = [KeyRing.parse(first), KeyRing.parse(other)];
      expect(await checkKeys(database.url, right)).toBeUndefined();
      expect(await checkKeys(database.url, right)).toBeUndefined();
      const sentence = await checkKeys(database.url, wrong);
      expect(sentence).toMatch(/^The encryption key is not the one that this database was sealed with/);
      expect(sentence).toContain(right.current.id);
      expect(sentence).toContain(wrong.current.id);
      expect(sentence).not.toContain(other);
      expect(await checkKeys(database.url, KeyRing.parse(`${other},${first}`))).toBeUndefined();
      expect(await checkKeys(database.url, right)).toBeUndefined();
    } finally {
      await database.drop();
    }
  });

  it('knows a key that is missing for what agents, secrets or the root hold, before it proves a new one', async () => {
    const data = await openDataLayer();
    try {
      const sentence = await checkKeys(data.url, KeyRing.parse(aKey()));
      expect(sentence).toContain(data.ring.current.id);
      expect(await data.sql('select 1 from installation')).toEqual([]);
      expect(await checkKeys(data.url, data.ring)).toBeUndefined();
      expect(await data.sql('select id from installation')).toEqual([{ id: 1 }]);
    } finally {
      await data.close();
    }
  });

  it('lets one of several first runs with different keys win', async () => {
    const database = await createTestDatabase();
    try {
      const answers = await Promise.all(
        [aKey(), aKey(), aKey()].map((key) => checkKeys(database.url, KeyRing.parse(key))),
      );
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    } finally {
      await database.drop();
    }
  });
});
