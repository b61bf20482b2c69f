import type { RuleView } from '../../libs/contracts/rules.js';
import { type Configured, configured } from './support/configured.js';

describe('onecli rules', () => {
  let program: Configured;
  beforeAll(async () => void (program = await configured()));
  afterAll(() => program.close());

  it('creates, lists and deletes', async () => {
    const block = [
      'rules',
      'create',
      'No deletes',
      '--action',
      'block',
      '--host',
      'api.example.com',
      '--method',
      'delete',
      '--path',
      '/v1/*',
    ];
    const made = await program.json<RuleView>(block);
    expect(made).toMatchObject({
      name: 'No deletes',
      action: 'block',
      hostPattern: 'api.example.com',
      method: 'DELETE',
      pathPattern: '/v1/*',
      agentId: null,
      enabled: true,
    });
    expect((await program.json<RuleView[]>(['rules', 'list'])).map((rule) => rule.id)).toEqual([made.id]);
    expect(await program.json(['rules', 'delete', 'No deletes'])).toEqual({ deleted: made.id });
    expect(await program.json(['rules', 'list'])).toEqual([]);
  });

  it('limits one agent, named by its identifier', async () => {
    const limit = ['--action', 'rate_limit', '--limit', '100', '--per', 'hour', '--agent', 'default', '--disabled'];
    const made = await program.json<RuleView>(['rules', 'create', 'Slow', '--host', '*.example.com', ...limit]);
    expect(made).toMatchObject({
      action: 'rate_limit',
      rateLimit: 100,
      rateLimitWindow: 'hour',
      agentId: expect.any(String),
      enabled: false,
    });
    const { text } = await program.screen(['rules', 'list']);
    expect(text).toMatch(/^Slow +100 per hour +any +\*\.example\.com +any +default +no /m);
  });

  it('says what a request would meet', async () => {
    await program.json(['rules', 'create', 'Wall', '--action', 'block', '--host', 'wall.example.com']);
    expect(await program.json(['rules', 'evaluate', 'https://wall.example.com/x'])).toMatchObject({
      decision: 'blocked',
    });
    expect((await program.screen(['rules', 'evaluate', 'https://wall.example.com/x'])).text).toMatch(
      /^blocked +.*Wall/s,
    );
  });

  it('refuses half a limit, and a limit that limits nothing', async () => {
    const half = await program.call([
      'rules',
      'create',
      'x',
      '--action',
      'rate_limit',
      '--host',
      'a.example.com',
      '--limit',
      '3',
    ]);
    expect(half).toMatchObject({
      code: 1,
      stderr: 'error: --limit and --per go with --action rate_limit, both of them and only there.\n',
    });
    expect(
      (
        await program.call([
          'rules',
          'create',
          'x',
          '--action',
          'block',
          '--host',
          'a.example.com',
          '--limit',
          '3',
          '--per',
          'day',
        ])
      ).code,
    ).toBe(1);
  });

  it.each([
    [['rules', 'create', 'x', '--action', 'blok', '--host', 'a'], 'It takes block, rate_limit or allow.'],
    [['rules', 'create', 'x', '--action', 'block'], "required option '--host <pattern>' not specified"],
    [['rules', 'create', 'x', '--action', 'block', '--host', 'a', '--limit', '0'], 'It takes a whole number from 1 to'],
    [['rules', 'crate'], '(Did you mean create?)'],
    [['rules', 'list', '--josn'], '(Did you mean --json?)'],
    [['rule', 'list'], '(Did you mean rules?)'],
  ])('explains a wrong command line and points to the help: %j', async (args, sentence) => {
    const { code, stdout, stderr } = await program.call(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/Try onecli .*--help\.\n$/);
  });
});
