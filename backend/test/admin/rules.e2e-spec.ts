import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

const NOWHERE = '01981f00-0000-7000-8000-000000000000';

describe('/v1/rules', () => {
  let plane: ControlPlane;
  let call: Call;
  let agentId: string;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
    agentId = (await call('GET', '/v1/agents/default')).body.id;
  });
  afterAll(() => plane.close());

  const aBlock = (more: object = {}) => ({
    name: 'No deletes',
    hostPattern: 'api.github.com',
    action: 'block',
    ...more,
  });
  const aLimit = (more: object = {}) =>
    aBlock({ name: 'Slow', action: 'rate_limit', rateLimit: 30, rateLimitWindow: 'minute', ...more });

  async function aRule(body: object = aBlock()): Promise<{ id: string; version: string }> {
    const answer = await call('POST', '/v1/rules', body);
    expect(answer.status).toBe(201);
    return answer.body;
  }

  it('begins with none, as a plain array', async () => {
    expect((await call('GET', '/v1/rules')).body).toEqual([]);
  });

  it('stores a rule with what was left out, and lists it', async () => {
    const { status, body } = await call('POST', '/v1/rules', aBlock({ method: 'delete' }));
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      name: 'No deletes',
      hostPattern: 'api.github.com',
      pathPattern: null,
      method: 'DELETE',
      agentId: null,
      action: 'block',
      rateLimit: null,
      rateLimitWindow: null,
      enabled: true,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      version: expect.any(String),
    });
    expect((await call('GET', '/v1/rules')).body).toEqual([body]);
    expect((await call('GET', `/v1/rules/${body.id}`)).body).toEqual(body);
  });

  it.each<[string, object, object]>([
    ['a limit', aLimit(), { action: 'rate_limit', rateLimit: 30, rateLimitWindow: 'minute' }],
    ['a rule of one agent', aBlock({ agentId: 'AGENT' }), {}],
    ['a disabled rule', aBlock({ enabled: false }), { enabled: false }],
    ['several methods', aBlock({ method: 'put,patch' }), { method: 'PUT,PATCH' }],
    ['a path', aBlock({ pathPattern: '/repos/**' }), { pathPattern: '/repos/**' }],
    ['any host', aBlock({ hostPattern: '*', action: 'allow' }), { hostPattern: '*', action: 'allow' }],
    [
      'nulls for what it has not',
      aBlock({ pathPattern: null, method: null, agentId: null, rateLimit: null, rateLimitWindow: null }),
      {},
    ],
  ])('stores %s', async (_name, body, expected) => {
    const sent = 'agentId' in body && body.agentId === 'AGENT' ? { ...body, agentId } : body;
    const answer = await call('POST', '/v1/rules', sent);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ ...expected, ...('agentId' in sent ? { agentId: sent.agentId } : {}) });
  });

  it.each<[string, object, string]>([
    ['no name', aBlock({ name: undefined }), 'name'],
    ['no host', aBlock({ hostPattern: undefined }), 'hostPattern'],
    ['a host that is a URL', aBlock({ hostPattern: 'https://x.example/' }), 'hostPattern'],
    ['a star inside a label', aBlock({ hostPattern: 'api*.example.com' }), 'hostPattern'],
    ['a path without its slash', aBlock({ pathPattern: 'repos' }), 'pathPattern'],
    ['a method with a space', aBlock({ method: 'GET /' }), 'method'],
    ['an unknown action', aBlock({ action: 'deny' }), 'action'],
    ['an action of later', aBlock({ action: 'manual_approval' }), 'action'],
    ['an agent that is no id', aBlock({ agentId: 'x' }), 'agentId'],
    ['an agent that does not exist', aBlock({ agentId: NOWHERE }), 'agentId'],
    ['a limit without its number', aLimit({ rateLimit: undefined }), 'rateLimit'],
    ['a limit without its window', aLimit({ rateLimitWindow: undefined }), 'rateLimitWindow'],
    ['a limit of nothing', aLimit({ rateLimit: 0 }), 'rateLimit'],
    ['a limit past the most', aLimit({ rateLimit: 1_000_000_001 }), 'rateLimit'],
    ['a limit that is text', aLimit({ rateLimit: '30' }), 'rateLimit'],
    ['an unknown window', aLimit({ rateLimitWindow: 'week' }), 'rateLimitWindow'],
    ['a number for a block', aBlock({ rateLimit: 5, rateLimitWindow: 'minute' }), 'rateLimit'],
    ['an enabled that is text', aBlock({ enabled: 'true' }), 'enabled'],
    ['an unknown property', aBlock({ priority: 1 }), 'priority'],
  ])('refuses %s', async (_name, sent, path) => {
    const { status, body } = await call('POST', '/v1/rules', sent);
    expect([status, body.code]).toEqual([400, 'VALIDATION']);
    expect(body.details.map((detail: { path: string }) => detail.path)).toContain(path);
  });

  it('changes a rule, guarded by version', async () => {
    const rule = await aRule();
    const match = { 'If-Match': `"${rule.version}"` };
    const changed = await call('PATCH', `/v1/rules/${rule.id}`, { enabled: false, name: 'Off' }, match);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ id: rule.id, name: 'Off', enabled: false, hostPattern: 'api.github.com' });
    expect(changed.body.version).not.toBe(rule.version);
    const lost = await call('PATCH', `/v1/rules/${rule.id}`, { name: 'Lost' }, match);
    expect([lost.status, lost.body.code]).toEqual([412, 'STALE_VERSION']);
  });

  it('keeps limit fields and action together on a change', async () => {
    const limit = await aRule(aLimit());
    const toBlock = await call('PATCH', `/v1/rules/${limit.id}`, {
      action: 'block',
      rateLimit: null,
      rateLimitWindow: null,
    });
    expect(toBlock.body).toMatchObject({ action: 'block', rateLimit: null, rateLimitWindow: null });
    const refused = await call('PATCH', `/v1/rules/${limit.id}`, { action: 'rate_limit' });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION']);
  });

  it.each<[string, object, string]>([
    ['a null name', { name: null }, 'name'],
    ['a null host', { hostPattern: null }, 'hostPattern'],
    ['a null action', { action: null }, 'action'],
    ['an unknown property', { id: NOWHERE }, 'id'],
  ])('refuses %s on a change', async (_name, sent, path) => {
    const { id } = await aRule();
    const { status, body } = await call('PATCH', `/v1/rules/${id}`, sent);
    expect([status, body.code, body.details[0].path]).toEqual([400, 'VALIDATION', path]);
  });

  it('deletes a rule', async () => {
    const { id } = await aRule();
    const deleted = await call('DELETE', `/v1/rules/${id}`);
    expect([deleted.status, deleted.body]).toEqual([204, undefined]);
    expect((await call('GET', `/v1/rules/${id}`)).body.code).toBe('NOT_FOUND');
  });

  it.each(['x', NOWHERE])('answers 404 on every path of the rule %s', async (id) => {
    for (const answer of [
      await call('GET', `/v1/rules/${id}`),
      await call('PATCH', `/v1/rules/${id}`, { name: 'x' }),
      await call('DELETE', `/v1/rules/${id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });
});
