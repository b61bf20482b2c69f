import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { errorCode } from '../error-code.js';
import { Failure } from '../failure.js';

/** What shells answer: found but not executable, and not found (POSIX 2.8.2). */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/**
 * Finds a command as a shell would.
 * @throws Failure with exit code 127 or 126
 */
export function locate(command: string, path: string | undefined): string {
  if (command.includes('/')) {
    const state = inspect(command);
    if (state === 'executable') return command;
    throw state === 'absent' ? notFound(`There is no ${command}.`) : notExecutable(command, state);
  }
  let other: Failure | undefined;
  for (const directory of (path ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter)) {
    const candidate = join(directory === '' ? '.' : directory, command);
    const state = inspect(candidate);
    if (state === 'executable') return candidate;
    // A directory of that name on PATH is passed over, as shells do.
    if (state === 'closed') other ??= notExecutable(candidate, state);
  }
  throw other ?? notFound(`There is no command "${command}" on PATH.`);
}

type FileState = 'executable' | 'closed' | 'directory' | 'absent';

function inspect(path: string): FileState {
  try {
    if (statSync(path).isDirectory()) return 'directory';
    accessSync(path, constants.X_OK);
    return 'executable';
  } catch (error) {
    return errorCode(error) === 'EACCES' ? 'closed' : 'absent';
  }
}

function notFound(message: string): Failure {
  return new Failure(message, 'error', [], NOT_FOUND);
}

function notExecutable(path: string, state: FileState): Failure {
  const why = state === 'directory' ? 'is a directory' : 'may not be executed: chmod +x makes it so';
  return new Failure(`${path} ${why}.`, 'error', [], NOT_EXECUTABLE);
}

/**
 * Lets the command take this process's place (execve). So the terminal, job control, signals, the process id and the way it
 * ends are the command's own, and nothing has to be passed on.
 * @throws Failure when the system cannot run the file
 */
export function become(
  file: string,
  command: string,
  rest: readonly string[],
  variables: Readonly<Record<string, string>>,
): never {
  // Node ignores SIGPIPE; ignored signals stay ignored across execve, handled ones go back to their default.
  process.on('SIGPIPE', () => undefined);
  makeBlocking();
  try {
    replace(file, [command, ...rest], variables);
  } catch (error) {
    const code = errorCode(error);
    // A script without a first line that names its interpreter: shells run it themselves.
    if (code === 'ENOEXEC') replace('/bin/sh', ['sh', file, ...rest], variables);
    if (code === 'ENOENT') throw notFound(`${file} names an interpreter that does not exist.`);
    if (code === 'E2BIG')
      throw new Failure('The arguments and the environment are too long.', 'error', [], NOT_EXECUTABLE);
    throw new Failure(`${file} cannot be run (${code}).`, 'error', [], NOT_EXECUTABLE);
  }
}

/**
 * Node's streams make the pipes they open non-blocking, for everybody who shares them; a command such as `cat` then fails with
 * EAGAIN. Whoever imports `node:process` as a module (commander does) opens all three, used or not. Node has no public fcntl.
 */
function makeBlocking(): void {
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    const handle: unknown = '_handle' in stream ? stream._handle : undefined;
    if (isStreamHandle(handle)) handle.setBlocking(true);
  }
}

function isStreamHandle(handle: unknown): handle is { setBlocking(isBlocking: boolean): void } {
  return (
    typeof handle === 'object' && handle !== null && 'setBlocking' in handle && typeof handle.setBlocking === 'function'
  );
}

function replace(file: string, args: readonly string[], variables: Readonly<Record<string, string>>): never {
  if (process.execve === undefined) throw new Failure('onecli run needs Node.js 22.15 or later, and not Windows.');
  return process.execve(file, args, variables);
}
