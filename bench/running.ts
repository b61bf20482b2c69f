import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const STOP_TIMEOUT_MS = 40_000;

/** What was started and has to end with the bench, last started first. */
const running = new Set<ChildProcess>();

/** Starts a program that ends with the bench at the latest. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, args, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Starts one of the bench's own programs and waits for the line of JSON that says that it is ready. */
export async function startProgram(
  file: string,
  args: readonly string[],
  { nodeOptions = [], complains = true }: { nodeOptions?: readonly string[]; complains?: boolean } = {},
): Promise<{ pid: number; ready: unknown; child: ChildProcess }> {
  const child = start(process.execPath, [...nodeOptions, file, ...args], {
    stdio: ['pipe', 'pipe', complains ? 'inherit' : 'ignore'],
  });
  if (child.stdout === null || child.pid === undefined) throw new Error(`${file} could not be started`);
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return { pid: child.pid, ready: JSON.parse(line) as unknown, child };
  }
  throw new Error(`${file} ended before it was ready`);
}

/** Ends a process as its supervisor would, and kills it when it does not end. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const ended = await Promise.race([exited.then(() => true), pause(STOP_TIMEOUT_MS, false, { ref: false })]);
  if (!ended) {
    child.kill('SIGKILL');
    await exited;
  }
}

export async function stopAll(): Promise<void> {
  for (const child of [...running].reverse()) await stop(child);
}

/** Asks every `everyMs` until the answer is not undefined. Throws an Error that names what was awaited. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 60_000,
  everyMs = 20,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(everyMs);
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
