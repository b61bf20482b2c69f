import type { AgentView, AgentWithTokenView } from '../../libs/contracts/agents.js';
import { type Configured, configured } from './support/configured.js';

describe('onecli agents', () => {
  let program: Configured;
  beforeAll(async () => void (program = await configured()));
  afterAll(() => program.close());

  it('creates, lists and deletes', async () => {
    const made = await program.json<AgentWithTokenView>(['agents', 'create', 'ci', '--name', 'Build server']);
    expect(made).toMatchObject({ identifier: 'ci', name: 'Build server', accessToken: expect.stringMatching(/^aoc_/) });

    const listed = await program.json<AgentView[]>(['agents', 'list']);
    expect(listed.map((agent) => agent.identifier).sort()).toEqual(['ci', 'default']);
    expect(JSON.stringify(listed)).not.toContain(made.accessToken);

    expect(await program.json(['agents', 'delete', 'ci'])).toEqual({ deleted: made.id });
    expect(await program.json<AgentView[]>(['agents', 'list'])).toHaveLength(1);
  });

  it('shows people a table and the token, this once', async () => {
    const { text } = await program.screen(['agents', 'create', 'shown']);
    expect(text).toMatch(
      /^✓ Agent shown is there\.\n {2}Access token \(shown this once\): aoc_\S+\n {2}Use it: onecli run --agent shown -- <command>\n$/,
    );
    const list = await program.screen(['agents', 'list']);
    expect(list.text.split('\n')[0]).toMatch(/^IDENTIFIER +NAME +SECRETS +LAST SEEN +DEFAULT +ID$/);
    expect(list.text).toMatch(/^shown +shown +all +never/m);
  });

  it('replaces a token', async () => {
    const { accessToken } = await program.json<AgentWithTokenView>(['agents', 'create', 'renewed']);
    const fresh = await program.json<{ accessToken: string }>([
      'agents',
      'regenerate-token',
      'renewed',
      '--grace',
      '60',
    ]);
    expect(fresh.accessToken).toMatch(/^aoc_/);
    expect(fresh.accessToken).not.toBe(accessToken);
  });

  it('asks before it deletes on a terminal, and deletes nothing without a yes', async () => {
    await program.json(['agents', 'create', 'asked']);
    const no = await program.screen(['agents', 'delete', 'asked'], [{ on: '[y/N]', type: '\r' }]);
    expect(no).toMatchObject({ code: 1, text: expect.stringContaining('Nothing was changed.') });
    const yes = await program.screen(['agents', 'delete', 'asked'], [{ on: '[y/N]', type: 'y\r' }]);
    expect(yes).toMatchObject({ code: 0, text: expect.stringContaining('✓ Agent asked is gone.') });
  });

  it('ends with 4 when the identifier is taken, or the agent must stay', async () => {
    expect(await program.call(['agents', 'create', 'default'])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/^error: /),
    });
    expect((await program.call(['agents', 'delete', 'default'])).code).toBe(4);
  });

  it('ends with 3 when there is no such agent, and says which there are', async () => {
    const { code, stderr } = await program.call(['agents', 'delete', 'nobody']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: There is no agent "nobody"\.\n {2}There are: .*default/);
    expect(await program.call(['run', '--agent', 'nobody', '--', 'true'])).toMatchObject({
      code: 3,
      stderr: 'error: There is no agent "nobody".\n  Create it: onecli agents create nobody\n',
    });
  });

  it('ends with 1 and names each field that is wrong', async () => {
    const { code, stderr } = await program.call(['agents', 'create', 'Not An Identifier']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Identifier must be /);
  });
});
