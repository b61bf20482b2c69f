import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program and its arguments, ready for `spawn`. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** As whom PostgreSQL's programs run, and how one of them is started so. */
export interface PostgresAccount {
  /** The owner of the cluster's files; undefined when it is this process's own user. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** The command that runs `command` as that user, ended by `signal` when this process dies (Linux with util-linux). */
  wrap(command: Command, signal: 'INT' | 'KILL'): Command;
}

const USER = 'postgres';

/**
 * PostgreSQL refuses to run as root, so root hands over to the user `postgres`, which is created when it is missing. A
 * clone in /root or in a closed temporary directory is out of that user's reach, hence the one capability that opens
 * it; `no_setuid_fixup` because access(2), by which PostgreSQL looks for its own files, otherwise ignores capabilities of users
 * other than root.
 */
export async function postgresAccount(): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) {
    const dying = (await works('setpriv', ['--pdeathsig', 'INT', 'true'])) ? ['--pdeathsig'] : undefined;
    return { owner: undefined, wrap: (command, signal) => prefixed(command, dying && [...dying, signal]) };
  }
  const owner = await accountOf(USER);
  const handOver = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const reach = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  for (const options of [[...reach, ...handOver], handOver]) {
    if (await works('setpriv', [...options, '--pdeathsig', 'INT', 'true'])) {
      return { owner, wrap: (command, signal) => prefixed(command, [...options, '--pdeathsig', signal]) };
    }
  }
  throw new Error(
    'the embedded PostgreSQL does not run as root and setpriv (package util-linux) is not there to start it as another user; ' +
      'start as a normal user, or set DATABASE_URL to a PostgreSQL of your own',
  );
}

function prefixed(command: Command, options: readonly string[] | undefined): Command {
  return options === undefined ? command : { file: 'setpriv', args: [...options, command.file, ...command.args] };
}

async function accountOf(user: string): Promise<{ uid: number; gid: number }> {
  const known = await idsOf(user);
  if (known !== undefined) return known;
  await works('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', user]);
  const created = await idsOf(user);
  if (created !== undefined) return created;
  throw new Error(
    `the embedded PostgreSQL does not run as root and the user ${user} could not be created; ` +
      'start as a normal user, or set DATABASE_URL to a PostgreSQL of your own',
  );
}

async function idsOf(user: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function works(file: string, args: readonly string[]): Promise<boolean> {
  return run(file, args).then(
    () => true,
    () => false,
  );
}
