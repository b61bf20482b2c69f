import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { jest } from '@jest/globals';

// Each test starts programs, some a whole control plane; a busy machine takes its time.
jest.setTimeout(30_000);

const ROOT = join(import.meta.dirname, '../../..');
export const LAUNCHER = join(ROOT, 'cli/bin/onecli');

/** Only this much of the test's own environment: what a developer has set must not decide a test. */
const MINIMAL = { PATH: process.env['PATH'] ?? '' };

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** What has come out so far. */
  stdout(): string;
  stderr(): string;
}

/** Starts the built program as a shell would, without a terminal. */
export function start(args: readonly string[], { env = {}, input = '', cwd }: Surroundings = {}): Running {
  return startCommand(LAUNCHER, args, { env, input, ...(cwd === undefined ? {} : { cwd }) });
}

export function startCommand(
  command: string,
  args: readonly string[],
  { env = {}, input = '', cwd }: Surroundings,
): Running {
  const child = spawn(command, args, { env: { ...MINIMAL, ...env }, stdio: 'pipe', cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
  // A command that reads nothing closes the pipe before all of it is written.
  child.stdin.on('error', () => undefined).end(input);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, outcome, stdout: () => stdout, stderr: () => stderr };
}

export function onecli(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  return start(args, surroundings).outcome;
}

/** Waits until `condition` holds, 10 s at most. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
