import { randomBytes, X509Certificate } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { Client } from 'pg';
import { AuthorityModule } from '../../src/authority/authority.module.js';
import { makeRoot } from '../../src/authority/certificates.js';
import { RootAuthority } from '../../src/authority/root-authority.js';
import { CryptoModule } from '../../src/crypto/crypto.module.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { PersistenceModule } from '../../src/persistence/persistence.module.js';
import { uuidV7 } from '../../src/persistence/uuid-v7.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const keyText = (): string => randomBytes(32).toString('base64');
const key = keyText();

let database: TestDatabase;
let client: Client;
const started: TestingModule[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((program) => program.close()));
  await client.end();
  await database.drop();
});

async function start(keys = key): Promise<RootAuthority> {
  const program = await Test.createTestingModule({
    imports: [PersistenceModule.of(database.url), CryptoModule.of(KeyRing.parse(keys)), AuthorityModule],
  }).compile();
  started.push(program);
  await program.init();
  return program.get(RootAuthority);
}

const rows = async (): Promise<Record<string, unknown>[]> =>
  (await client.query('select * from root_certificate')).rows;

describe('the root authority', () => {
  it('makes a root on the first run and keeps it', async () => {
    const first = (await start()).current();
    const again = await start();
    expect(again.current()).toEqual(first);
    expect(again.current().privateKey.equals(first.privateKey)).toBe(true);
    expect(again.publishedPem()).toBe(first.certificatePem);
    expect(await rows()).toEqual([
      expect.objectContaining({
        certificate_pem: first.certificatePem,
        fingerprint256: new X509Certificate(first.certificatePem).fingerprint256,
        state: 'current',
        not_before: first.notBefore,
        not_after: first.notAfter,
      }),
    ]);
  });

  it('stores the private key sealed only', async () => {
    const { privateKey } = (await start()).current();
    const secret = Buffer.from(String(privateKey.export({ format: 'jwk' }).d), 'base64url');
    const [row] = await rows();
    expect((row?.['sealed_private_key'] as Buffer).includes(secret)).toBe(false);
    expect(JSON.stringify(row)).not.toContain('PRIVATE KEY');
  });

  it('makes one root when several replicas start at once', async () => {
    const replicas = await Promise.all([start(), start(), start(), start()]);
    expect(new Set(replicas.map((replica) => replica.current().fingerprint256)).size).toBe(1);
    expect(await rows()).toHaveLength(1);
  });

  it('says at boot that the key is another one, and leaves the root as it is', async () => {
    await start();
    const before = await rows();
    const other = keyText();
    await expect(start(other)).rejects.toThrow(
      new RegExp(
        `^the gateway's root certificate does not open: .* key ${KeyRing.parse(key).current.id}, which is not among ` +
          `the given keys \\(${KeyRing.parse(other).current.id}\\); start with the SECRET_ENCRYPTION_KEY that`,
      ),
    );
    expect(await rows()).toEqual(before);
    const rotated = await start(`${other},${key}`);
    expect(rotated.current().fingerprint256).toBe(before[0]?.['fingerprint256']);
  });

  it('says at boot that the stored root was altered', async () => {
    await start();
    await client.query('update root_certificate set id = $1', [uuidV7()]);
    await expect(start()).rejects.toThrow(
      /root certificate does not open: .* was altered or moved; restore it from a backup/,
    );
    const { certificatePem } = makeRoot(new Date());
    await client.query('delete from root_certificate');
    await start();
    await client.query('update root_certificate set certificate_pem = $1', [certificatePem]);
    await expect(start()).rejects.toThrow(/root certificate cannot be used: .* is not that of its private key/);
  });

  it('publishes earlier roots beside the current one until they are retired', async () => {
    const current = (await start()).current();
    const [published, retired] = [makeRoot(new Date()), makeRoot(new Date())];
    for (const [root, state] of [
      [published, 'published'],
      [retired, 'retired'],
    ] as const) {
      await client.query('insert into root_certificate values ($1, $2, $3, $4, $5, $6, $7, $8)', [
        ...[uuidV7(), root.certificatePem, Buffer.alloc(120, 1), root.fingerprint256, state],
        ...[root.notBefore, root.notAfter, new Date()],
      ]);
    }
    const authority = await start();
    expect(authority.current().fingerprint256).toBe(current.fingerprint256);
    expect(authority.publishedPem()).toBe(current.certificatePem + published.certificatePem);
  });
});
