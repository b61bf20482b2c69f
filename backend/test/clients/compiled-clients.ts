import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingProgram, runProcess, type Command } from './client-process.js';
import { program, type HttpClient } from './http-clients.js';

/** A client that has to be compiled first, into a directory of the test's own. */
export interface CompiledClient extends HttpClient {
  compile(directory: string): Promise<void>;
}

/** What a compiler finds of this process's environment: toolchains lie in homes and are named by variables. */
const COMPILING = process.env as Readonly<Record<string, string>>;

/** A hundred crates took two and a half minutes on two busy processors. */
export const COMPILE_TIMEOUT_MS = 600_000;

async function compiled(command: Command, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, stderr } = await runProcess(command, { env: { ...COMPILING, ...env }, timeout: COMPILE_TIMEOUT_MS });
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
}

function client(
  name: string,
  passedOver: string | undefined,
  compile: (directory: string) => Promise<Command>,
): CompiledClient {
  let ready: Command | undefined;
  return {
    name,
    passedOver,
    compile: async (directory) => {
      ready = await compile(directory);
    },
    command: (url) => {
      if (ready === undefined) throw new Error(`${name} is not compiled yet`);
      return [...ready, url];
    },
    read: (stdout) => JSON.parse(stdout) as ReturnType<HttpClient['read']>,
  };
}

const go = client('Go', missingProgram(['go']), async (directory) => {
  const file = join(directory, 'post-go');
  // Kept between runs: compiling the standard library anew takes a minute on a busy machine.
  const env = { GOCACHE: join(tmpdir(), 'onecli-test-go-cache'), CGO_ENABLED: '0', GOPROXY: 'off', GOFLAGS: '' };
  await compiled(['go', 'build', '-o', file, program('post.go')], env);
  return [file];
});

const java = client('Java', missingProgram(['java', 'javac']), async (directory) => {
  await compiled(['javac', '-d', directory, program('Post.java')]);
  return ['java', '-cp', directory, 'Post'];
});

/** A hundred crates from the registry take minutes to build, so it has to be asked for; what was built is kept. */
const rust = client(
  'Rust (reqwest)',
  process.env['ONECLI_TEST_RUSTLS'] === '1' ? missingProgram(['cargo']) : 'ONECLI_TEST_RUSTLS=1 is not set',
  async () => {
    const target = join(tmpdir(), 'onecli-test-rust-client');
    mkdirSync(target, { recursive: true });
    await compiled([
      'cargo',
      'build',
      '-q',
      '--locked',
      '--manifest-path',
      program('rust/Cargo.toml'),
      '--target-dir',
      target,
    ]);
    return [join(target, 'debug', 'post')];
  },
);

export const COMPILED_CLIENTS: readonly CompiledClient[] = [go, java, rust];
