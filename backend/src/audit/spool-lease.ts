import { readlinkSync } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isSegment, removeEmptied, type Spool } from './spool.js';

/** A spool whose process has not renewed its lease for this long is abandoned, in milliseconds. */
export const LEASE_STALE_MS = 10_000;

const LEASE_FILE = 'lease';

/** Says whose process a spool belongs to. The file's modification time is its heartbeat. */
interface Lease {
  readonly pid: number;
  readonly host: string;
  /** Kernel's name of the process id namespace: equal pids of two containers are two processes. */
  readonly space: string;
  /** The process ended in order and left something to pass on. */
  readonly released: boolean;
}

/** Renews the lease. The file system sets the time, so that hosts which share it need not agree on theirs. */
export async function renewLease(spool: Spool, released = false): Promise<void> {
  // The directory is gone when another replica took this spool for abandoned.
  await mkdir(spool.directory, { recursive: true, mode: 0o700 });
  const lease: Lease = { pid: process.pid, host: hostname(), space: pidSpace(), released };
  await writeFile(join(spool.directory, LEASE_FILE), JSON.stringify(lease), { mode: 0o600 });
}

/**
 * Takes over what dead processes left under the same root. Segments move one by one by renaming, which only one
 * replica can win; a process that was merely asleep notices at its next sync (Spool.sync). Answers how many were taken.
 */
export async function adoptAbandoned(spool: Spool): Promise<number> {
  const now = await fileSystemTime(spool);
  let adopted = 0;
  for (const name of await readdir(spool.root)) {
    const directory = join(spool.root, name);
    if (directory === spool.directory || !(await isAbandoned(directory, now))) continue;
    for (const file of await readdir(directory).catch(() => [] as string[])) {
      if (isSegment(file) && (await spool.adopt(join(directory, file)))) adopted += 1;
    }
    await removeEmptied(directory);
  }
  return adopted;
}

async function isAbandoned(directory: string, now: number): Promise<boolean> {
  const path = join(directory, LEASE_FILE);
  try {
    const lease = JSON.parse(await readFile(path, 'utf8')) as Partial<Lease>;
    if (lease.released === true || hasEnded(lease)) return true;
    return now - (await stat(path)).mtimeMs > LEASE_STALE_MS;
  } catch {
    // No lease yet, or half of one: its process began just now, or died while it began.
    const found = await stat(directory).catch(() => undefined);
    return found?.isDirectory() === true && now - found.mtimeMs > LEASE_STALE_MS;
  }
}

/** Whether the lease's process is known to be gone: only this host can tell, and only about its own process ids. */
function hasEnded(lease: Partial<Lease>): boolean {
  if (lease.host !== hostname() || lease.space !== pidSpace() || lease.space === '' || lease.pid === undefined)
    return false;
  try {
    process.kill(lease.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function fileSystemTime(spool: Spool): Promise<number> {
  await renewLease(spool);
  const file = await open(join(spool.directory, LEASE_FILE), 'r');
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
  }
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: no containers share this kernel's files, so the host name says enough.
    return process.platform;
  }
}
