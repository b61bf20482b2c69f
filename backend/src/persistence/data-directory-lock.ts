import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Held by the one process that runs the embedded server of a data directory. */
export interface DataDirectoryLock {
  release(): void;
}

/**
 * Takes the data directory for this process, or throws an Error that names the process which has it.
 *
 * The lock is the kernel's own (fcntl, taken through SQLite, because Node has no call for it): it ends with its process however
 * that dies, so that nothing is ever stale, and it does not mistake one container's process 1 for another's.
 */
export function lockDataDirectory(dataDir: string): DataDirectoryLock {
  const pidFile = join(dataDir, 'instance.pid');
  const database = new DatabaseSync(join(dataDir, 'instance.lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!/locked/.test(String(error))) throw error;
    throw new Error(
      `another OneCLI${holder(pidFile)} uses the data directory ${dataDir}; ` +
        'stop it, or give this one a directory of its own in ONECLI_DATA_DIR',
      { cause: error },
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    release: () => {
      database.close();
    },
  };
}

function holder(pidFile: string): string {
  try {
    return ` (process ${Number.parseInt(readFileSync(pidFile, 'utf8'), 10)})`;
  } catch {
    // It took the lock a moment ago and has not written its number yet.
    return '';
  }
}
