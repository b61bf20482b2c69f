import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from './postgres-account.js';

const STOP_TIMEOUT_MS = 20_000;
const KILL_TIMEOUT_MS = 5000;
const REMEMBERED_LINES = 30;

/** A server that ended before it took connections; `lines` are the last that it wrote. */
export class PostgresStartError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(
      (lines.findLast((line) => line.includes('FATAL')) ?? lines.at(-1) ?? 'it gave no reason').replace(
        /^.*FATAL: +/,
        '',
      ),
    );
    this.name = 'PostgresStartError';
  }
}

/** One running database server. */
export class PostgresProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts it and waits until it takes connections. Throws {@link PostgresStartError}. */
  static async start(command: Command, onLine: (line: string) => void): Promise<PostgresProcess> {
    // A session of its own: a terminal's Ctrl-C must not end it before the request log is written out.
    const child = spawn(command.file, command.args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    const lines: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error) => {
        reject(new PostgresStartError([error.message]));
      });
      createInterface({ input: child.stderr })
        .on('line', (line) => {
          onLine(line);
          lines.push(line);
          if (lines.length > REMEMBERED_LINES) lines.shift();
          if (line.includes('ready to accept connections')) resolve();
        })
        .once('close', () => {
          reject(new PostgresStartError(lines));
        });
    });
    return new PostgresProcess(child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Calls back once, with the signal or status, when the server has ended. */
  onExit(listener: (how: string) => void): void {
    this.child.once('exit', (code, signal) => {
      listener(signal ?? `status ${code}`);
    });
  }

  /** PostgreSQL's fast shutdown; false when it took too long and the server was ended without a checkpoint. */
  async stop(): Promise<boolean> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return true;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGINT');
    if (await within(exited, STOP_TIMEOUT_MS)) return true;
    this.child.kill('SIGQUIT');
    if (!(await within(exited, KILL_TIMEOUT_MS))) {
      this.child.kill('SIGKILL');
      await exited;
    }
    return false;
  }
}

async function within(event: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timeout = new AbortController();
  const outcome = await Promise.race([
    event.then(() => true),
    pause(milliseconds, false, { signal: timeout.signal }).catch(() => false),
  ]);
  timeout.abort();
  return outcome;
}
