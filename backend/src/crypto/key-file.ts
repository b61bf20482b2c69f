import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, lstat, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyRing } from './key-ring.js';

const OPEN_TO_OTHERS = 0o077;

/**
 * The keys that seal and open stored values: those of `SECRET_ENCRYPTION_KEY` when it is given, else the one in the data
 * directory, which is made on first use and never written again. Throws an Error whose sentence names no key.
 */
export async function openKeyRing(dataDir: string, configured: string | undefined): Promise<KeyRing> {
  if (configured !== undefined) return KeyRing.parse(configured);
  const file = join(dataDir, 'encryption.key');
  return (await readKeyFile(file)) ?? (await makeKeyFile(file, dataDir));
}

async function readKeyFile(file: string): Promise<KeyRing | undefined> {
  const found = await lstat(file).catch(unlessMissing);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new Error(`${file} is not a regular file; put the encryption key back from a backup`);
  if ((found.mode & OPEN_TO_OTHERS) !== 0) {
    throw new Error(
      `${file} may be read or written by others (mode ${(found.mode & 0o777).toString(8)}); ` +
        `run chmod 600 ${file}, and think of its secrets as known when others use this machine`,
    );
  }
  try {
    return KeyRing.parse((await readFile(file, 'utf8')).trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new Error(`${file} cannot be read (${String(error.code)}); start as the user who owns it`, {
        cause: error,
      });
    }
    throw new Error(
      `${file} does not hold 32 bytes in base64 or hex; put it back from a backup, nothing else opens the stored secrets`,
      { cause: error },
    );
  }
}

/**
 * Written whole under another name and then linked, so that of several processes sharing a data directory one makes the key, all
 * read the same, and a crash half-way leaves no half of it.
 */
async function makeKeyFile(file: string, dataDir: string): Promise<KeyRing> {
  if (existsSync(join(dataDir, 'postgres'))) {
    throw new Error(
      `${file} is missing although the database beside it exists; put it back from a backup, ` +
        'or set SECRET_ENCRYPTION_KEY to the key that was used',
    );
  }
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.new`;
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(unfinished, file).catch(unlessThere);
  } finally {
    await rm(unfinished, { force: true });
  }
  await syncDirectory(dataDir);
  const made = await readKeyFile(file);
  if (made === undefined) throw new Error(`${file} was removed while it was being made`);
  return made;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
