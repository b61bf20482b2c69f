import { execFile } from 'node:child_process';
import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const STOP_TIMEOUT_MS = 30_000;

/**
 * Makes a cluster's directory startable again after its owner was killed. The caller holds the data directory's lock, so
 * that a server which still runs there has lost its owner: it is stopped. Returns what it did, as a sentence, or undefined.
 * Throws an Error when the server does not end.
 */
export async function stopOrphanedServer(directory: string): Promise<string | undefined> {
  const file = join(directory, 'postmaster.pid');
  const pid = await postmasterPid(file);
  if (pid === undefined) return undefined;
  if (await isServerOf(pid, directory)) {
    process.kill(pid, 'SIGINT');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (await isServerOf(pid, directory)) {
      if (Date.now() > deadline) {
        throw new Error(
          `process ${pid}, a PostgreSQL left in ${directory} by a killed start, does not end; end it by hand`,
        );
      }
      await pause(25);
    }
    if ((await postmasterPid(file)) === undefined)
      return `stopped the database server (process ${pid}) that a killed start had left`;
  }
  await disown(file);
  return `the database server (process ${pid}) had been killed; its journal is replayed now`;
}

/**
 * PostgreSQL does not start while the number in postmaster.pid belongs to a living process, be it a zombie or a stranger that got
 * the number. It ignores its parent's number, though (miscinit.c, CreateLockFile), and still checks the rest of the
 * file, the shared memory that a surviving backend would hold. So the number becomes ours, and the file stays.
 */
async function disown(file: string): Promise<void> {
  const [text, owner] = await Promise.all([readFile(file, 'utf8'), stat(file)]).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [undefined, undefined] as const;
    throw error;
  });
  if (text === undefined) return;
  const replacement = `${file}.new`;
  await writeFile(replacement, text.replace(/^\d+/, String(process.pid)), { mode: 0o600 });
  await chown(replacement, owner.uid, owner.gid);
  await rename(replacement, file);
}

async function postmasterPid(file: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(file, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether that process is a running server of that directory; a zombie has no command line, so it is not. */
async function isServerOf(pid: number, directory: string): Promise<boolean> {
  const [program, ...args] = await commandLine(pid);
  return program !== undefined && basename(program) === 'postgres' && args.includes(directory);
}

async function commandLine(pid: number): Promise<string[]> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim().split(' ');
  } catch {
    // No such process.
    return [];
  }
}
