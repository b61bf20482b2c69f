import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CANNED_ROOT, type CannedControlPlane, cannedControlPlane, TOKEN } from './support/canned-control-plane.js';
import { LAUNCHER, onecli, type Outcome, start, startCommand, until } from './support/onecli.js';
import { inTerminal } from './support/terminal.js';

describe('onecli run', () => {
  let controlPlane: CannedControlPlane;
  let home: string;
  let env: Record<string, string>;
  const run = (args: readonly string[], more: Record<string, string> = {}, input = ''): Promise<Outcome> =>
    onecli(['run', ...args], { env: { ...env, ...more }, input });

  beforeAll(async () => {
    controlPlane = await cannedControlPlane();
    home = mkdtempSync(join(tmpdir(), 'onecli-home-'));
    env = { HOME: home, ONECLI_URL: controlPlane.url };
  });
  afterAll(async () => {
    await controlPlane.close();
    rmSync(home, { recursive: true });
  });

  it('gives the command the gateway as its proxy, and takes away what leads past it', async () => {
    const script = 'import json, os; print(json.dumps(dict(os.environ)))';
    const inherited = {
      ALL_PROXY: 'socks5://127.0.0.1:1',
      NO_PROXY: '*',
      ANTHROPIC_AUTH_TOKEN: 'real',
      ONECLI_API_KEY: 'oc_x',
      KEPT: 'yes',
    };
    const { code, stdout, stderr } = await run(['--', 'python3', '-c', script], inherited);
    const seen = JSON.parse(stdout) as Record<string, string>;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(seen).toMatchObject({
      HTTPS_PROXY: `http://x:${TOKEN}@127.0.0.1:${controlPlane.port}`,
      NO_PROXY: 'localhost',
      ANTHROPIC_API_KEY: 'placeholder',
      KEPT: 'yes',
    });
    for (const name of ['ALL_PROXY', 'ANTHROPIC_AUTH_TOKEN', 'ONECLI_API_KEY']) expect(seen).not.toHaveProperty(name);
  });

  it('stores the roots, closed to others, before the command starts', async () => {
    const { stdout } = await run(['--', 'sh', '-c', 'cat "$NODE_EXTRA_CA_CERTS"; echo "$SSL_CERT_FILE"']);
    expect(stdout.startsWith(CANNED_ROOT)).toBe(true);
    const bundle = stdout.trim().split('\n').at(-1) ?? '';
    expect(readFileSync(bundle, 'utf8').match(/BEGIN/g)?.length).toBeGreaterThan(100);
    expect(statSync(bundle).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, '.onecli')).mode & 0o777).toBe(0o700);
  });

  it('reaches the control plane directly, whatever proxies are inherited', async () => {
    const dead = 'http://127.0.0.1:1';
    const inherited = { HTTP_PROXY: dead, http_proxy: dead, ALL_PROXY: dead, NODE_USE_ENV_PROXY: '1' };
    expect(await run(['--', 'true'], inherited)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([0, 1, 3, 255])('ends with the exit code of the command: %i', async (code) => {
    expect((await run(['--', 'sh', '-c', `exit ${code}`])).code).toBe(code);
  });

  it('ends by the signal that ended the command, which a shell tells as 128 and its number', async () => {
    expect(await run(['--', 'sh', '-c', 'kill -TERM $$'])).toMatchObject({ code: null, signal: 'SIGTERM' });
    const shell = startCommand('sh', ['-c', `"${LAUNCHER}" run -- sh -c 'kill -KILL $$'; echo $?`], { env });
    expect((await shell.outcome).stdout.trim()).toBe('137');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1'] as const)('lets %s reach the command, once', async (signal) => {
    const name = signal.slice(3);
    const script = `trap 'echo caught; n=1' ${name}; echo ready; n=0; i=0; while [ $i -lt 40 ] && [ $n = 0 ]; do sleep 0.05; i=$((i+1)); done; sleep 0.2; exit 9`;
    const running = start(['run', '--', 'sh', '-c', script], { env });
    await until(() => running.stdout().includes('ready'), 'the command started');
    running.process.kill(signal);
    expect(await running.outcome).toMatchObject({ code: 9, stdout: 'ready\ncaught\n' });
  });

  it("hands a terminal's Ctrl-C to the command, once, and ends as it does", async () => {
    const script = "trap 'echo caught; exit 5' INT; echo ready; sleep 10 & wait";
    const screen = await inTerminal(['run', '--', 'sh', '-c', script], env, {
      steps: [{ on: 'ready', type: '\u0003' }],
    });
    expect(screen.code).toBe(5);
    expect(screen.text.match(/caught/g)).toHaveLength(1);
  });

  it('gives the command the terminal itself', async () => {
    const script = 'import os, sys; print([os.isatty(n) for n in (0, 1, 2)], os.get_terminal_size().columns)';
    const screen = await inTerminal(['run', '--', 'python3', '-c', script], env, { columns: 93 });
    expect(screen.text).toBe('[True, True, True] 93\n');
  });

  it('passes standard input through, every byte', async () => {
    const input = 'line\n'.repeat(200_000);
    const { stdout } = await run(['--', 'cat'], {}, input);
    expect(stdout === input).toBe(true);
  });

  it('leaves pipes blocking, and a closed pipe deadly, as the command expects', async () => {
    const flags = await run([
      '--',
      'sh',
      '-c',
      'cat /proc/self/fdinfo/0 /proc/self/fdinfo/1 /proc/self/fdinfo/2 | grep flags',
    ]);
    const isBlocking = flags.stdout
      .trim()
      .split('\n')
      .map((line) => (parseInt(line.replace(/\D/g, ''), 8) & 0o4000) === 0);
    expect(isBlocking).toEqual([true, true, true]);
    expect(await run(['--', 'sh', '-c', 'yes | head -1'])).toMatchObject({ stdout: 'y\n', stderr: '' });
  });

  it('leaves options of the command to the command, with and without --', async () => {
    expect((await run(['echo', '--agent', '-x', '--help'])).stdout).toBe('--agent -x --help\n');
    expect((await run(['--', 'echo', '--dry-run'])).stdout).toBe('--dry-run\n');
  });

  it('ends with 127 and a sentence when there is no such command', async () => {
    expect(await run(['--', 'no-such-command'])).toMatchObject({
      code: 127,
      stderr: 'error: There is no command "no-such-command" on PATH.\n',
    });
  });

  it('ends with 126 and a sentence when it cannot be executed', async () => {
    const file = join(home, 'plain');
    writeFileSync(file, 'text');
    expect(await run(['--', file])).toMatchObject({
      code: 126,
      stderr: `error: ${file} may not be executed: chmod +x makes it so.\n`,
    });
    expect((await run(['--', home])).code).toBe(126);
  });

  it('runs a script that names no interpreter, as shells do, and says when an interpreter is missing', async () => {
    const script = join(home, 'script');
    writeFileSync(script, 'echo "ran with $1"\nexit 4\n');
    chmodSync(script, 0o755);
    expect(await run(['--', script, 'this'])).toMatchObject({ code: 4, stdout: 'ran with this\n' });
    writeFileSync(script, '#!/no/such/interpreter\n');
    expect(await run(['--', script])).toMatchObject({
      code: 127,
      stderr: `error: ${script} names an interpreter that does not exist.\n`,
    });
  });

  it('puts the token on no command line', async () => {
    const { stdout } = await run(['--', 'sh', '-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "']);
    expect(stdout).not.toContain(TOKEN);
  });

  it('prints and runs nothing with --dry-run, the token masked', async () => {
    const { code, stdout } = await run(['--dry-run', '--', 'touch', join(home, 'ran')], {
      NO_PROXY: '*',
      ALL_PROXY: 'x',
    });
    const printed = JSON.parse(stdout) as { set: Record<string, string>; removed: string[]; command: string[] };
    expect({ code, removed: printed.removed, command: printed.command }).toEqual({
      code: 0,
      removed: ['ALL_PROXY'],
      command: ['touch', join(home, 'ran')],
    });
    expect(printed.set['HTTPS_PROXY']).toBe(`http://x:aoc_••••••••@127.0.0.1:${controlPlane.port}`);
    expect(stdout).not.toContain(TOKEN);
    expect(() => statSync(join(home, 'ran'))).toThrow('ENOENT');
  });

  it('asks for the agent by identifier, and passes on what the control plane warns of, in one line', async () => {
    const warning = await cannedControlPlane({ warnings: ['No secret is there yet.'] });
    try {
      const { stderr } = await run(['--agent', 'ci', '--', 'true'], { ONECLI_URL: warning.url });
      expect(stderr).toBe('onecli: No secret is there yet.\n');
      expect(warning.calls[0]).toBe('GET /v1/container-config?agent=ci');
    } finally {
      await warning.close();
    }
  });

  it('warns of a real credential that the command can read', async () => {
    const { stderr } = await run(['--', 'true'], { OPENAI_API_KEY: 'sk-real-value' });
    expect(stderr).toContain('The command can read OPENAI_API_KEY of this shell.');
    expect(stderr).not.toContain('sk-real-value');
  });

  it('warns when the gateway does not answer, and runs the command', async () => {
    const { stdout, stderr } = await run(['--gateway', '127.0.0.1:1', '--', 'echo', 'ran']);
    expect({ stdout, stderr }).toEqual({
      stdout: 'ran\n',
      stderr: 'onecli: The gateway does not answer at 127.0.0.1:1: requests will fail.\n',
    });
  });

  it('asks whether OneCLI is running when nothing listens', async () => {
    const { code, stderr } = await run(['--url', 'http://127.0.0.1:1', '--', 'true']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error: OneCLI does not answer at http://127.0.0.1:1 (nothing listens there). Is it running?\n' +
        '  Start it with npm start in its directory, or name another address with --url or ONECLI_URL.\n',
    );
  });
});
