import { AgentsReader } from '../../src/agents/agents.reader.js';
import { AgentsService } from '../../src/agents/agents.service.js';
import { hashToken } from '../../src/crypto/token.js';
import { RulesService } from '../../src/rules/rules.service.js';
import { SecretsService } from '../../src/secrets/secrets.service.js';
import { openDataLayer, someone, type DataLayer } from './data-layer.js';

describe('agents', () => {
  let data: DataLayer;
  let agents: AgentsService;
  let projectId: string;
  beforeAll(async () => {
    data = await openDataLayer();
    agents = data.get(AgentsService);
    projectId = data.projectId;
  });
  afterAll(() => data.close());

  let made = 0;
  const anAgent = () =>
    agents.create(someone, projectId, { name: 'Crawler', identifier: `crawler-${String((made += 1))}` });
  const aSecret = (name: string, project = projectId) =>
    data.get(SecretsService).create(someone, project, { name, type: 'anthropic', value: 'sk-ant-0123456789' });

  it('begin with one default agent, however often the program starts', async () => {
    await Promise.all([agents.ensureDefaults(), agents.ensureDefaults()]);
    expect(await agents.list(projectId)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'Default agent',
        identifier: 'default',
        isDefault: true,
        secretMode: 'all',
        defaultPolicy: null,
        createdAt: expect.stringMatching(/Z$/),
        expiresAt: null,
        lastSeenAt: null,
        version: '1',
      },
    ]);
    expect(await agents.getDefault(projectId)).toEqual((await agents.list(projectId))[0]);
  });

  it('are created with a token that is stored hashed and sealed, recorded and announced', async () => {
    let accessToken = '';
    const { events, revisions } = await data.effectsOf(async () => {
      const agent = await agents.create(someone, projectId, {
        name: ' Coder ',
        identifier: 'coder',
        expiresAt: '2099-01-01T00:00:00Z',
      });
      accessToken = agent.accessToken;
      expect(agent).toMatchObject({
        name: 'Coder',
        identifier: 'coder',
        isDefault: false,
        expiresAt: '2099-01-01T00:00:00.000Z',
      });
    });
    expect(accessToken).toMatch(/^aoc_/);
    expect(revisions).toBe(1);
    expect(events).toEqual([
      {
        kind: 'agent.created',
        entity: 'agent',
        entity_id: expect.any(String),
        entity_name: 'Coder',
        actor: someone,
        before: null,
        after: {
          name: 'Coder',
          identifier: 'coder',
          secretMode: 'all',
          defaultPolicy: null,
          expiresAt: '2099-01-01T00:00:00.000Z',
        },
      },
    ]);
    expect(await data.dump()).not.toContain(accessToken);
    expect(await agents.accessTokenOf(projectId, 'coder')).toEqual({
      accessToken,
      agent: expect.objectContaining({ identifier: 'coder' }),
    });
    expect((await agents.accessTokenOf(projectId)).agent.isDefault).toBe(true);
    await expect(agents.accessTokenOf(projectId, 'nobody')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('keep their identifier to themselves', async () => {
    const { identifier } = await anAgent();
    await expect(agents.create(someone, projectId, { name: 'X', identifier })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `An agent with the identifier ${identifier} exists; choose another one.`,
    });
  });

  it.each([
    [{ identifier: 'Upper' }, 'identifier'],
    [{ identifier: '-x' }, 'identifier'],
    [{ name: '  ' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ parentIdentifier: 'nobody' }, 'parentIdentifier'],
  ])('are refused with %j', async (wrong, path) => {
    const body = { name: 'X', identifier: 'never-made', ...wrong };
    const { events, revisions } = await data.effectsOf(() =>
      expect(agents.create(someone, projectId, body)).rejects.toMatchObject({
        code: 'VALIDATION',
        details: [{ path }],
      }),
    );
    expect({ events, revisions }).toEqual({ events: [], revisions: 0 });
  });

  it('start with what their parent may', async () => {
    const parent = await anAgent();
    const secret = await aSecret('for the parent');
    await agents.setSecretMode(someone, projectId, parent.id, 'selective');
    await agents.assignSecrets(someone, projectId, parent.id, [secret.id]);
    await agents.update(someone, projectId, parent.id, { defaultPolicy: 'deny' });
    const child = await agents.create(someone, projectId, {
      name: 'Child',
      identifier: 'child',
      parentIdentifier: parent.identifier,
    });
    expect(child).toMatchObject({ secretMode: 'selective', defaultPolicy: 'deny' });
    expect(await agents.secretIds(projectId, child.id)).toEqual([secret.id]);
  });

  it('change with a version that counts up, are recorded, and refuse a stale version', async () => {
    const agent = await anAgent();
    const { events, revisions } = await data.effectsOf(async () => {
      const changed = await agents.update(
        someone,
        projectId,
        agent.id,
        { name: 'Renamed', defaultPolicy: 'deny' },
        '1',
      );
      expect(changed).toMatchObject({ name: 'Renamed', defaultPolicy: 'deny', version: '2' });
      await expect(agents.update(someone, projectId, agent.id, { name: 'Lost' }, '1')).rejects.toMatchObject({
        code: 'STALE_VERSION',
      });
      expect((await agents.update(someone, projectId, agent.id, { name: 'Renamed' })).version).toBe('2');
    });
    expect(revisions).toBe(1);
    expect(events).toMatchObject([
      {
        kind: 'agent.updated',
        before: { name: 'Crawler', defaultPolicy: null },
        after: { name: 'Renamed', defaultPolicy: 'deny' },
      },
    ]);
  });

  it('lose no update when many come at once', async () => {
    const agent = await anAgent();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => agents.update(someone, projectId, agent.id, { name: `n${index}` })),
    );
    expect((await agents.get(projectId, agent.id)).version).toBe('11');
  });

  it('are never laxer than their project', async () => {
    const agent = await anAgent();
    await expect(agents.update(someone, projectId, agent.id, { defaultPolicy: 'allow' })).rejects.toMatchObject({
      code: 'VALIDATION',
      details: [{ path: 'defaultPolicy' }],
    });
  });

  it('take only secrets of their own project', async () => {
    const agent = await anAgent();
    const mine = await aSecret('mine');
    const foreign = await aSecret('foreign', await data.otherProject());
    const { events } = await data.effectsOf(() =>
      agents.assignSecrets(someone, projectId, agent.id, [mine.id, mine.id.toUpperCase()]),
    );
    expect(events).toMatchObject([
      { kind: 'agent.secrets_assigned', before: { secretIds: [] }, after: { secretIds: [mine.id] } },
    ]);
    for (const wrong of [foreign.id, 'not-an-id']) {
      await expect(agents.assignSecrets(someone, projectId, agent.id, [mine.id, wrong])).rejects.toMatchObject({
        code: 'VALIDATION',
        message: `secretIds: ${wrong} is not a secret of this project.`,
      });
    }
    expect(await agents.secretIds(projectId, agent.id)).toEqual([mine.id]);
  });

  it('get a new token; the old one lasts for its grace and no longer than the next regeneration', async () => {
    const agent = await anAgent();
    const tokens = async () =>
      (await data.get(AgentsReader).accessTokensOf(projectId)).filter(({ agentId }) => agentId === agent.id);
    const now = Date.now();
    const second = await agents.regenerateToken(someone, projectId, agent.id, { graceSeconds: 60 });
    expect(await tokens()).toEqual([
      { tokenHash: hashToken(second.accessToken), agentId: agent.id, agentName: 'Crawler', projectId, expiresAt: null },
      {
        tokenHash: hashToken(agent.accessToken),
        agentId: agent.id,
        agentName: 'Crawler',
        projectId,
        expiresAt: expect.any(Number),
      },
    ]);
    const grace = (await tokens())[1]?.expiresAt ?? 0;
    expect(grace).toBeGreaterThanOrEqual(now + 60_000);
    expect(grace).toBeLessThan(Date.now() + 61_000);
    const { events } = await data.effectsOf(async () => {
      const third = await agents.regenerateToken(someone, projectId, agent.id);
      expect((await tokens()).map(({ tokenHash }) => tokenHash)).toEqual([hashToken(third.accessToken)]);
    });
    expect(events).toMatchObject([{ kind: 'agent.token_regenerated', before: {}, after: { graceSeconds: 0 } }]);
    for (const graceSeconds of [-1, 0.5, 86_401]) {
      await expect(agents.regenerateToken(someone, projectId, agent.id, { graceSeconds })).rejects.toMatchObject({
        code: 'VALIDATION',
      });
    }
  });

  it('are listed for the gateway in pages that miss nobody', async () => {
    const all = await data.get(AgentsReader).accessTokens();
    const paged: string[] = [];
    for await (const page of data.get(AgentsReader).accessTokenPages(3))
      paged.push(...page.map(({ tokenHash }) => tokenHash));
    const rows = await data.sql<{ token_hash: string }>('select token_hash from agent');
    expect(new Set(paged)).toEqual(new Set(all.map(({ tokenHash }) => tokenHash)));
    expect(new Set(paged)).toEqual(new Set(rows.map((row) => row.token_hash)));
    expect(paged.length).toBe(rows.length);
  });

  it('go with their rules and assignments, which the record names', async () => {
    const agent = await anAgent();
    const secret = await aSecret('assigned');
    await agents.assignSecrets(someone, projectId, agent.id, [secret.id]);
    const rule = await data
      .get(RulesService)
      .create(someone, projectId, { name: 'Only this', hostPattern: '*', action: 'block', agentId: agent.id });
    const { events, revisions } = await data.effectsOf(() => agents.remove(someone, projectId, agent.id));
    expect(revisions).toBe(1);
    expect(events).toMatchObject([
      {
        kind: 'agent.deleted',
        before: { secretIds: [secret.id], rules: [{ id: rule.id, name: 'Only this' }] },
        after: null,
      },
    ]);
    await expect(data.get(RulesService).get(projectId, rule.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(agents.get(projectId, agent.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keep the default one', async () => {
    const { id } = await agents.getDefault(projectId);
    await expect(agents.remove(someone, projectId, id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The default agent cannot be deleted.',
    });
  });

  it('do not exist for another project, nor under an odd id', async () => {
    const agent = await anAgent();
    const other = await data.otherProject();
    const notFound = { code: 'NOT_FOUND' };
    for (const [project, id] of [
      [other, agent.id],
      [projectId, 'x'],
      [projectId, "' or 1=1"],
    ] as const) {
      await expect(agents.get(project, id)).rejects.toMatchObject(notFound);
      await expect(agents.update(someone, project, id, { name: 'X' })).rejects.toMatchObject(notFound);
      await expect(agents.secretIds(project, id)).rejects.toMatchObject(notFound);
      await expect(agents.assignSecrets(someone, project, id, [])).rejects.toMatchObject(notFound);
      await expect(agents.setSecretMode(someone, project, id, 'all')).rejects.toMatchObject(notFound);
      await expect(agents.regenerateToken(someone, project, id)).rejects.toMatchObject(notFound);
      await expect(agents.remove(someone, project, id)).rejects.toMatchObject(notFound);
    }
  });
});
