import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ContainerConfigView } from '../../../libs/contracts/container-config.js';
import type { TestGateway } from '../support/gateway.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const LAUNCHER = join(ROOT, 'cli/bin/onecli');
/** A client on a busy machine: a JVM and a Go linker want patience. */
const CLIENT_TIMEOUT_MS = 90_000;

/** A command as one would type it; the program's arguments follow. */
export type Command = readonly [file: string, ...args: string[]];

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly onStdout?: (text: string) => void;
  /** Milliseconds after which it is killed. */
  readonly timeout?: number;
}

/** How a client comes to go through the gateway. */
export interface Way {
  readonly name: string;
  readonly run: (agent: string, command: Command, surroundings?: Surroundings) => Promise<Outcome>;
}

/** A home of its own, so that no configuration of the machine has a say in what a client does. */
export class ClientHome {
  private constructor(readonly path: string) {}

  static async made(): Promise<ClientHome> {
    return new ClientHome(await mkdtemp(join(tmpdir(), 'onecli-client-')));
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** The environment of the container config, read where a container reads it, and nothing else of this process but PATH. */
export async function containerVariables(gateway: TestGateway, agent: string): Promise<Record<string, string>> {
  const answer = await gateway.rest('GET', `/v1/container-config?agent=${agent}`);
  if (answer.status !== 200) throw new Error(`container config: ${answer.status}`);
  const config = answer.body as ContainerConfigView;
  return onThisMachine(config, gateway.caFile);
}

/** What a container has to itself: the name of its host, and a file system with the root in its place. */
export function onThisMachine(
  config: Pick<ContainerConfigView, 'env' | 'caCertificateContainerPath'>,
  caFile: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config.env).map(([name, value]) => [
      name,
      value === config.caCertificateContainerPath ? caFile : value.replace('host.docker.internal', '127.0.0.1'),
    ]),
  );
}

/** Both ways by which an agent's programs reach the gateway. */
export function ways(gateway: () => TestGateway, home: () => ClientHome): readonly [Way, Way] {
  const basics = (): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    HOME: home().path,
    LANG: 'C.UTF-8',
  });
  return [
    {
      name: "with the container config's environment",
      run: async (agent, command, surroundings = {}) => {
        const variables = await containerVariables(gateway(), agent);
        return runProcess(command, { ...surroundings, env: { ...basics(), ...surroundings.env, ...variables } });
      },
    },
    {
      name: 'by onecli run',
      run: (agent, command, surroundings = {}) => {
        if (!existsSync(join(ROOT, 'dist/cli/src/main.js')))
          throw new Error('the program is not built: run npm test, which does');
        const env = { ...basics(), ...surroundings.env, ONECLI_URL: gateway().adminUrl };
        return runProcess([LAUNCHER, 'run', '--agent', agent, '--', ...command], { ...surroundings, env });
      },
    },
  ];
}

/** Runs a program to its end without holding up this process, in which the gateway runs. */
export function runProcess(
  [file, ...args]: Command,
  { cwd, env = {}, input = '', onStdout, timeout = CLIENT_TIMEOUT_MS }: Surroundings,
): Promise<Outcome> {
  return new Promise((done, failed) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...env },
      stdio: 'pipe',
      timeout,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onStdout?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
    // A program that reads nothing closes the pipe before all of it is written.
    child.stdin.on('error', () => undefined).end(input);
    child.on('error', failed).on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** `it`, or `it.skip` after a printed reason where the machine has not what the client needs. */
export function itNeeds(client: string, reason: string | undefined): jest.It {
  if (reason === undefined) return it;
  process.stderr.write(`${client} is passed over: ${reason}\n`);
  return it.skip;
}

/** The first of the programs that is not on PATH, as the reason for passing a client over. */
export function missingProgram(programs: readonly string[]): string | undefined {
  const missing = programs.find((program) => spawnSync('sh', ['-c', 'command -v "$0"', program]).status !== 0);
  return missing === undefined ? undefined : `${missing} is not on PATH`;
}
