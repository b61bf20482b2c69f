import type { SecretView } from '../../libs/contracts/secrets.js';
import { type Configured, configured } from './support/configured.js';

const VALUE = 'canary-value-7391-tail';
const GENERIC = ['--host', 'api.example.com', '--header', 'Authorization', '--format', 'Bearer {value}'];

describe('onecli secrets', () => {
  let program: Configured;
  beforeAll(async () => void (program = await configured()));
  afterAll(() => program.close());

  it('takes the value from a pipe, a final line break dropped, and never shows it', async () => {
    const { code, stdout, stderr } = await program.call(['secrets', 'create', 'piped', ...GENERIC], `${VALUE}\n`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'piped',
      type: 'generic',
      hostPattern: 'api.example.com',
      injectionConfig: { headerName: 'Authorization', valueFormat: 'Bearer {value}' },
      // The last four characters: no line break was stored.
      preview: expect.stringMatching(/tail$/),
    });
    expect(stdout + stderr).not.toContain(VALUE);
  });

  it('takes the value from a prompt that does not show it', async () => {
    const screen = await program.screen(
      ['secrets', 'create', 'typed', ...GENERIC],
      [{ on: '(not shown): ', type: `${VALUE}\r` }],
    );
    expect(screen).toEqual({
      code: 0,
      text: 'Value of "typed" (not shown): \n✓ Secret typed is stored. Requests to api.example.com get it from now on.\n',
    });
  });

  it('stores nothing when the prompt is interrupted', async () => {
    const screen = await program.screen(
      ['secrets', 'create', 'given-up', ...GENERIC],
      [{ on: '(not shown): ', type: 'abc\u0003' }],
    );
    expect(screen.code).toBe(130);
    expect(JSON.stringify(await program.json(['secrets', 'list']))).not.toContain('given-up');
  });

  it.each([['--value', VALUE], [`--value=${VALUE}`], ['--value']])(
    'refuses a value on the command line and says why: %s',
    async (...typed) => {
      const { code, stdout, stderr } = await program.call(['secrets', 'create', 'argued', ...GENERIC, ...typed], VALUE);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^error: A secret value is not taken from the command line: it would stay in the history/);
      expect(stderr).not.toContain(VALUE);
    },
  );

  it('refuses an empty value, a missing host, a missing and a second place', async () => {
    expect((await program.call(['secrets', 'create', 'x', ...GENERIC], '\n')).stderr).toMatch(
      /^error: The secret value is empty\./,
    );
    expect((await program.call(['secrets', 'create', 'x', '--header', 'A'], VALUE)).stderr).toMatch(/needs --host/);
    expect((await program.call(['secrets', 'create', 'x', '--host', 'a.example.com'], VALUE)).stderr).toMatch(
      /needs one of --header/,
    );
    expect((await program.call(['secrets', 'create', 'x', ...GENERIC, '--username', 'u'], VALUE)).stderr).toMatch(
      /one place/,
    );
  });

  it.each([
    [['--query', 'key'], { paramName: 'key' }],
    [['--path-template', '/bot{value}'], { pathTemplate: '/bot{value}' }],
    [['--username', 'x-token'], { username: 'x-token' }],
  ])('injects elsewhere with %j', async (options, injectionConfig) => {
    const name = Object.keys(injectionConfig).join();
    const made = await program.json<SecretView>(
      ['secrets', 'create', name, '--host', 'api.example.com', ...options],
      VALUE,
    );
    expect(made.injectionConfig).toEqual(injectionConfig);
  });

  it('needs no more than the type where the vendor is known', async () => {
    const made = await program.json<SecretView>(
      ['secrets', 'create', 'claude', '--type', 'anthropic'],
      'sk-ant-api03-abcdefgh',
    );
    expect(made).toMatchObject({ type: 'anthropic', hostPattern: 'api.anthropic.com' });
  });

  it('shows people where each goes, and of the value its end at most', async () => {
    const { text } = await program.screen(['secrets', 'list'], [], 160);
    expect(text.split('\n')[0]).toMatch(/^NAME +HOST +INJECTED AS +VALUE +LAST USED +ID$/);
    expect(text).toMatch(/^piped +api\.example\.com +header Authorization +••••tail +never/m);
    expect(text).not.toContain('7391');
  });

  it('deletes by name', async () => {
    const made = await program.json<SecretView>(['secrets', 'create', 'short-lived', ...GENERIC], VALUE);
    expect(await program.json(['secrets', 'delete', 'short-lived'])).toEqual({ deleted: made.id });
    expect((await program.call(['secrets', 'delete', 'short-lived'])).code).toBe(3);
  });
});
