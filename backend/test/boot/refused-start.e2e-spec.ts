import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { isRunning, ServerProcess, temporaryDirectory } from '../support/server-process.js';

jest.setTimeout(60_000);

describe('a start that cannot succeed', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });

  afterEach(() => directory.remove());

  /** Ends with status 1 and says exactly these lines on standard error. */
  async function refusal(variables: Record<string, string> = {}): Promise<string[]> {
    const { code, stderr } = await ServerProcess.ended({ dataDir: directory.path, variables });
    expect(code).toBe(1);
    return stderr.trimEnd().split('\n');
  }

  async function runOnce(variables: Record<string, string> = {}): Promise<void> {
    const server = await ServerProcess.started({ dataDir: directory.path, variables });
    expect(await server.end('SIGTERM')).toBe(0);
  }

  it.each(['ADMIN_PORT', 'GATEWAY_PORT'])(
    'names the variable when the port of %s is in use, and stops its database',
    async (variable) => {
      const other = createServer().listen(0, variable === 'ADMIN_PORT' ? '127.0.0.1' : '0.0.0.0');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      expect(await refusal({ [variable]: String(port) })).toEqual([
        `onecli: port ${port} is used by another program; stop that one, or set ${variable} to a free port`,
      ]);
      other.close();
      await expect(readFile(join(directory.path, 'data/postgres/postmaster.pid'))).rejects.toThrow('ENOENT');
      await runOnce();
    },
  );

  it('names every invalid variable, a sentence each, before anything is made', async () => {
    const lines = await refusal({ ADMIN_PORT: 'eighty', ROLES: 'gateway,cook', LOG_LEVEL: 'loud' });
    expect(lines).toHaveLength(3);
    for (const name of ['ADMIN_PORT', 'ROLES', 'LOG_LEVEL']) expect(lines.join('\n')).toContain(name);
    await expect(readFile(join(directory.path, 'data'))).rejects.toThrow('ENOENT');
  });

  it('does not take a key that is no key, nor repeat it', async () => {
    const [line, ...others] = await refusal({ SECRET_ENCRYPTION_KEY: 'hunter2-hunter2' });
    expect(line).toMatch(/^onecli: SECRET_ENCRYPTION_KEY: .*32 bytes in base64 or hex/);
    expect(line).not.toContain('hunter2');
    expect(others).toEqual([]);
  });

  it('refuses another key than the one that the database was sealed with, and changes nothing', async () => {
    await runOnce();
    const [line, ...others] = await refusal({ SECRET_ENCRYPTION_KEY: randomBytes(32).toString('base64') });
    expect(line).toMatch(/key/);
    expect(line).toContain('SECRET_ENCRYPTION_KEY');
    expect(others).toEqual([]);
    await runOnce();
  });

  it('refuses a damaged key file and leaves it as it is', async () => {
    await runOnce();
    const file = join(directory.path, 'data/encryption.key');
    await writeFile(file, 'half a k');
    expect(await refusal()).toEqual([expect.stringMatching(/encryption\.key does not hold 32 bytes/)]);
    expect(await readFile(file, 'utf8')).toBe('half a k');
  });

  it('refuses a key file that others may read', async () => {
    await runOnce();
    await chmod(join(directory.path, 'data/encryption.key'), 0o644);
    expect(await refusal()).toEqual([
      expect.stringMatching(/may be read or written by others \(mode 644\); run chmod 600/),
    ]);
  });

  it('makes no new key for a database that has one', async () => {
    await runOnce();
    const file = join(directory.path, 'data/encryption.key');
    await rm(file);
    expect(await refusal()).toEqual([
      expect.stringMatching(/encryption\.key is missing although the database beside it exists/),
    ]);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('says which database it cannot reach, without the password', async () => {
    const [line, ...others] = await refusal({ DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:9/onecli' });
    expect(line).toMatch(/^onecli: .*127\.0\.0\.1:9.*ECONNREFUSED/);
    expect(line).not.toContain('hunter2');
    expect(others).toEqual([]);
  });

  it('says so when the database refuses the password', async () => {
    const database = await createTestDatabase();
    const url = new URL(database.url);
    url.password = 'wrong-hunter2';
    const [line] = await refusal({ DATABASE_URL: url.href });
    await database.drop();
    expect(line).toMatch(/password authentication failed/);
    expect(line).not.toContain('hunter2');
  });

  it('says so when the data directory is a file', async () => {
    await writeFile(join(directory.path, 'data'), '');
    expect(await refusal()).toEqual([
      expect.stringMatching(/data is not a directory; choose another one with ONECLI_DATA_DIR/),
    ]);
  });

  it("does not close a directory that holds somebody's files", async () => {
    await mkdir(join(directory.path, 'data'), { mode: 0o755 });
    await writeFile(join(directory.path, 'data/letters.txt'), 'mine');
    expect(await refusal()).toEqual([
      expect.stringMatching(/open to other users and holds other files \(letters\.txt\)/),
    ]);
  });

  it('runs with a PostgreSQL of its user, and starts no other', async () => {
    const database = await createTestDatabase();
    const server = await ServerProcess.started({ dataDir: directory.path, variables: { DATABASE_URL: database.url } });
    expect(server.postgresPid).toBeUndefined();
    expect(await server.end('SIGTERM')).toBe(0);
    expect(isRunning(server.pid)).toBe(false);
    await database.drop();
  });
});
