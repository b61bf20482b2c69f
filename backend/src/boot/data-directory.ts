import { access, chmod, constants, mkdir, readdir, stat } from 'node:fs/promises';

const OPEN_TO_OTHERS = 0o077;
/** What OneCLI itself puts into a data directory. */
const OURS = /^(postgres|encryption|instance|spool|audit)/;

/**
 * Makes the data directory, or checks the one that is there: a directory, writable, closed to others. A directory that holds
 * nothing but our files is closed; one with other files in it is somebody's and stays as it is. Throws an Error with a sentence.
 */
export async function openDataDirectory(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'is not a directory' : `cannot be written (${code})`;
    throw new Error(`the data directory ${dataDir} ${why}; choose another one with ONECLI_DATA_DIR`, { cause: error });
  }
  const { mode, uid } = await stat(dataDir);
  if ((mode & OPEN_TO_OTHERS) === 0) return;
  const strange = (await readdir(dataDir)).find((name) => !OURS.test(name));
  if (strange !== undefined) {
    throw new Error(
      `the data directory ${dataDir} is open to other users and holds other files (${strange}); ` +
        'give OneCLI a directory of its own in ONECLI_DATA_DIR',
    );
  }
  // A mounted volume may belong to another user; what lies in it is closed file by file.
  if (uid === process.getuid?.() || process.getuid?.() === 0) await chmod(dataDir, 0o700);
}
