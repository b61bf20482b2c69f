import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../../dist/backend/src/main.js');
const READY_TIMEOUT_MS = 30_000;

export interface ServerOptions {
  readonly dataDir: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The built server as a process of its own, as `npm start` runs it, on free ports unless told otherwise. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  #stdout = '';
  #stderr = '';

  private constructor({ dataDir, variables }: ServerOptions) {
    if (!existsSync(MAIN)) throw new Error('the server is not built: run npm run build, or npm test, which does');
    this.#dataDir = dataDir;
    this.#child = spawn(process.execPath, [MAIN], {
      cwd: dataDir,
      env: {
        PATH: process.env['PATH'],
        HOME: dataDir,
        ONECLI_DATA_DIR: join(dataDir, 'data'),
        ADMIN_PORT: '0',
        GATEWAY_PORT: '0',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
  }

  /** Starts it and waits until it serves. Throws with what it said when it ends instead. */
  static async started(options: ServerOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    await server.until('it serves', () => server.#stdout.includes('OneCLI is running'));
    return server;
  }

  /** Starts it and waits until it ends by itself. */
  static async ended(options: ServerOptions): Promise<{ code: number | null; stderr: string }> {
    const server = new ServerProcess(options);
    await once(server.#child, 'close');
    return { code: server.#child.exitCode, stderr: server.#stderr };
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get consoleUrl(): string {
    return (/Console +(\S+)/.exec(this.#stdout)?.[1] ?? '').replace('localhost', '127.0.0.1');
  }

  get gatewayUrl(): string {
    return (/Gateway +(\S+)/.exec(this.#stdout)?.[1] ?? '').replace('localhost', '127.0.0.1');
  }

  /** The embedded database server, or undefined when its file says that none runs. */
  get postgresPid(): number | undefined {
    const file = join(this.#dataDir, 'data/postgres/postmaster.pid');
    return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
  }

  /** Sends the signal and answers the exit status, or the signal's name when that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | string | null> {
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until the condition holds; throws after half a minute, or when the process has ended. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await holds())) {
      const over = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (over || Date.now() > deadline) throw new Error(`waiting until ${what}, the server said:\n${this.output}`);
      await new Promise((tick) => setTimeout(tick, 30));
    }
  }
}

/** A working directory of a test's own, with the data directory `data` in it. */
export async function temporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'onecli-boot-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Whether a process of that number runs; one that ended and was not waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !existsSync(`/proc/${pid}/stat`) || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
