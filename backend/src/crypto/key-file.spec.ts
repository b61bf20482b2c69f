import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyRing } from './key-file.js';

describe('the key file', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'onecli-key-'));
  });

  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('is made once, however many processes share the directory, and leaves nothing beside it', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => openKeyRing(dataDir, undefined)));
    expect(new Set(rings.map((ring) => ring.current.id)).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['encryption.key']);
    expect((await openKeyRing(dataDir, undefined)).current.id).toBe(rings[0]?.current.id);
  });

  it('is not made when the environment gives a key', async () => {
    await openKeyRing(dataDir, randomBytes(32).toString('hex'));
    expect(await readdir(dataDir)).toEqual([]);
  });
});
