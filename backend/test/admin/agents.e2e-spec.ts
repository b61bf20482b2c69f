import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const NOWHERE = '01981f00-0000-7000-8000-000000000000';

describe('/v1/agents', () => {
  let plane: ControlPlane;
  let call: Call;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
  });
  afterAll(() => plane.close());

  const aView = (overrides: object) => ({
    id: expect.stringMatching(UUID),
    name: expect.any(String),
    identifier: expect.any(String),
    isDefault: false,
    secretMode: 'all',
    defaultPolicy: null,
    createdAt: expect.stringMatching(ISO),
    expiresAt: null,
    lastSeenAt: null,
    version: expect.any(String),
    ...overrides,
  });

  async function anAgent(
    identifier: string,
    more: object = {},
  ): Promise<{ id: string; accessToken: string; version: string }> {
    const { status, body } = await call('POST', '/v1/agents', { name: identifier, identifier, ...more });
    expect(status).toBe(201);
    return body;
  }

  async function aSecret(name: string): Promise<string> {
    const { body } = await call('POST', '/v1/secrets', { name, type: 'openai', value: `sk-${name}-0123456789` });
    return body.id;
  }

  it('begins with one default agent, listed as a plain array', async () => {
    const { status, body } = await call('GET', '/v1/agents');
    expect(status).toBe(200);
    expect(body).toEqual([aView({ isDefault: true })]);
    expect((await call('GET', '/v1/agents/default')).body).toEqual(body[0]);
    expect((await call('GET', `/v1/agents/${body[0].id}`)).body).toEqual(body[0]);
  });

  it('creates an agent and shows its token that once', async () => {
    const created = await call('POST', '/v1/agents', {
      name: 'My Agent',
      identifier: 'my-agent',
      expiresAt: '2100-01-01T00:00:00Z',
    });
    expect(created.status).toBe(201);
    const view = aView({ name: 'My Agent', identifier: 'my-agent', expiresAt: '2100-01-01T00:00:00.000Z' });
    expect(created.body).toEqual({ ...view, accessToken: expect.stringMatching(/^aoc_[A-Za-z0-9_-]{43}$/) });
    expect((await call('GET', `/v1/agents/${created.body.id}`)).body).toEqual(view);
    expect(JSON.stringify((await call('GET', '/v1/agents')).body)).not.toContain('aoc_');
  });

  it('answers 409 for an identifier that is taken', async () => {
    await anAgent('taken');
    const { status, body } = await call('POST', '/v1/agents', { name: 'Again', identifier: 'taken' });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'CONFLICT', error: expect.any(String) });
  });

  it("gives a child its parent's mode and secrets", async () => {
    const parent = await anAgent('parent');
    const secretId = await aSecret('for-parent');
    await call('PATCH', `/v1/agents/${parent.id}/secret-mode`, { mode: 'selective' });
    await call('PUT', `/v1/agents/${parent.id}/secrets`, { secretIds: [secretId] });
    const child = await anAgent('child', { parentIdentifier: 'parent' });
    expect((await call('GET', `/v1/agents/${child.id}`)).body).toMatchObject({ secretMode: 'selective' });
    expect((await call('GET', `/v1/agents/${child.id}/secrets`)).body).toEqual([secretId]);
    const orphan = await call('POST', '/v1/agents', { name: 'x', identifier: 'orphan', parentIdentifier: 'nobody' });
    expect(orphan.status).toBeGreaterThanOrEqual(400);
    expect(orphan.status).toBeLessThan(500);
  });

  it.each<[string, unknown, string]>([
    ['no body', undefined, 'name'],
    ['no name', { identifier: 'a' }, 'name'],
    ['an empty name', { name: '', identifier: 'a' }, 'name'],
    ['a blank name', { name: '  ', identifier: 'a' }, 'name'],
    ['a name of 101 characters', { name: 'x'.repeat(101), identifier: 'a' }, 'name'],
    ['a name with a control character', { name: 'a\u001bb', identifier: 'a' }, 'name'],
    ['no identifier', { name: 'a' }, 'identifier'],
    ['an upper-case identifier', { name: 'a', identifier: 'A' }, 'identifier'],
    ['an identifier that begins with a hyphen', { name: 'a', identifier: '-a' }, 'identifier'],
    ['an identifier of 51 characters', { name: 'a', identifier: 'a'.repeat(51) }, 'identifier'],
    ['an identifier with a line break', { name: 'a', identifier: 'a\n' }, 'identifier'],
    ['a numeric identifier', { name: 'a', identifier: 7 }, 'identifier'],
    ['null for the parent', { name: 'a', identifier: 'a', parentIdentifier: null }, 'parentIdentifier'],
    ['a date without a time', { name: 'a', identifier: 'a', expiresAt: '2030-01-01' }, 'expiresAt'],
    ['a time that does not exist', { name: 'a', identifier: 'a', expiresAt: '2030-02-30T00:00:00Z' }, 'expiresAt'],
    ['an unknown property', { name: 'a', identifier: 'a', admin: true }, 'admin'],
  ])('refuses %s', async (_name, body, path) => {
    const answer = await call('POST', '/v1/agents', body);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('VALIDATION');
    expect(answer.body.details.map((detail: { path: string }) => detail.path)).toContain(path);
  });

  it('changes a name and a default policy, and only with the version that is current', async () => {
    const agent = await anAgent('to-change');
    const stale = { 'If-Match': `"${agent.version}"` };
    const changed = await call('PATCH', `/v1/agents/${agent.id}`, { name: 'Changed', defaultPolicy: 'deny' }, stale);
    expect([changed.status, changed.body]).toEqual([200, { success: true }]);
    expect((await call('GET', `/v1/agents/${agent.id}`)).body).toMatchObject({
      name: 'Changed',
      defaultPolicy: 'deny',
    });
    const lost = await call('PATCH', `/v1/agents/${agent.id}`, { name: 'Lost' }, stale);
    expect([lost.status, lost.body.code]).toEqual([412, 'STALE_VERSION']);
    expect((await call('GET', `/v1/agents/${agent.id}`)).body.name).toBe('Changed');
    const odd = await call('PATCH', `/v1/agents/${agent.id}`, { name: 'x' }, { 'If-Match': 'W/"1"' });
    expect([odd.status, odd.body.code]).toEqual([400, 'BAD_REQUEST']);
    await call('PATCH', `/v1/agents/${agent.id}`, { defaultPolicy: null });
    expect((await call('GET', `/v1/agents/${agent.id}`)).body.defaultPolicy).toBeNull();
  });

  it.each<[string, unknown, string]>([
    ['a null name', { name: null }, 'name'],
    ['an unknown policy', { defaultPolicy: 'maybe' }, 'defaultPolicy'],
    ['a change of the identifier', { identifier: 'other' }, 'identifier'],
    ['a change of the token', { accessToken: 'aoc_x' }, 'accessToken'],
  ])('refuses %s on a change', async (_name, body, path) => {
    const { body: agent } = await call('GET', '/v1/agents/default');
    const answer = await call('PATCH', `/v1/agents/${agent.id}`, body);
    expect([answer.status, answer.body.code, answer.body.details[0].path]).toEqual([400, 'VALIDATION', path]);
  });

  it('deletes an agent, but never the default one', async () => {
    const agent = await anAgent('to-delete');
    const deleted = await call('DELETE', `/v1/agents/${agent.id}`);
    expect([deleted.status, deleted.body]).toEqual([204, undefined]);
    expect((await call('GET', `/v1/agents/${agent.id}`)).status).toBe(404);
    expect((await call('DELETE', `/v1/agents/${agent.id}`)).status).toBe(404);
    const { body: standard } = await call('GET', '/v1/agents/default');
    const refused = await call('DELETE', `/v1/agents/${standard.id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
  });

  it('regenerates a token with and without a body', async () => {
    const agent = await anAgent('to-regenerate');
    const first = await call('POST', `/v1/agents/${agent.id}/regenerate-token`);
    expect([first.status, first.body]).toEqual([200, { accessToken: expect.stringMatching(/^aoc_/) }]);
    const second = await call('POST', `/v1/agents/${agent.id}/regenerate-token`, { graceSeconds: 60 });
    expect(second.status).toBe(200);
    expect(new Set([agent.accessToken, first.body.accessToken, second.body.accessToken]).size).toBe(3);
    expect((await call('GET', '/v1/container-config?agent=to-regenerate')).body.env.HTTPS_PROXY).toContain(
      second.body.accessToken,
    );
    for (const graceSeconds of [-1, 86_401, 1.5, '60', null]) {
      expect((await call('POST', `/v1/agents/${agent.id}/regenerate-token`, { graceSeconds })).body.code).toBe(
        'VALIDATION',
      );
    }
  });

  it('assigns secrets and sets the secret mode', async () => {
    const agent = await anAgent('assigned');
    const ids = [await aSecret('one'), await aSecret('two')];
    expect((await call('GET', `/v1/agents/${agent.id}/secrets`)).body).toEqual([]);
    const put = await call('PUT', `/v1/agents/${agent.id}/secrets`, { secretIds: ids });
    expect([put.status, put.body]).toEqual([200, { success: true }]);
    expect((await call('GET', `/v1/agents/${agent.id}/secrets`)).body.toSorted()).toEqual(ids.toSorted());
    const mode = await call('PATCH', `/v1/agents/${agent.id}/secret-mode`, { mode: 'selective' });
    expect([mode.status, mode.body]).toEqual([200, { success: true }]);
    expect((await call('GET', `/v1/agents/${agent.id}`)).body.secretMode).toBe('selective');
    for (const body of [
      {},
      { secretIds: 'x' },
      { secretIds: ['x'] },
      { secretIds: [ids[0], ids[0]] },
      { secretIds: [NOWHERE] },
    ]) {
      const refused = await call('PUT', `/v1/agents/${agent.id}/secrets`, body);
      expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION']);
    }
    expect((await call('PATCH', `/v1/agents/${agent.id}/secret-mode`, { mode: 'some' })).body.details[0].path).toBe(
      'mode',
    );
  });

  it.each(['not-an-id', NOWHERE, '%00', "1'--"])('answers 404 on every path of the agent %s', async (id) => {
    const answers = await Promise.all([
      call('GET', `/v1/agents/${id}`),
      call('PATCH', `/v1/agents/${id}`, { name: 'x' }),
      call('DELETE', `/v1/agents/${id}`),
      call('POST', `/v1/agents/${id}/regenerate-token`),
      call('GET', `/v1/agents/${id}/secrets`),
      call('PUT', `/v1/agents/${id}/secrets`, { secretIds: [] }),
      call('PATCH', `/v1/agents/${id}/secret-mode`, { mode: 'all' }),
    ]);
    for (const answer of answers) expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
  });
});
