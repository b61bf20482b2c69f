import { Client } from 'pg';
import { createTestDatabase } from '../support/database.js';

describe('a test database', () => {
  it('is a database of its own for each caller', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(one.url).not.toBe(two.url);
    for (const database of [one, two]) {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      await client.query('create table mine (id int)');
      expect((await client.query('select count(*)::int as n from mine')).rows).toEqual([{ n: 0 }]);
      await client.end();
      await database.drop();
    }
  });
});
