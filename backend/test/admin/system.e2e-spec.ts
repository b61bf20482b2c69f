import { readFileSync } from 'node:fs';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

describe('the installation', () => {
  let plane: ControlPlane;
  let call: Call;

  beforeEach(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
  });
  afterEach(() => plane.close());

  it('describes itself', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { status, body } = await call('GET', '/v1/system');
    expect(status).toBe(200);
    expect(body).toEqual({
      version,
      mode: 'single-user',
      projectId: expect.any(String),
      projectName: expect.any(String),
      gatewayUrl: 'http://127.0.0.1:10255',
      database: { ok: true, latencyMs: expect.any(Number) },
      replicas: [],
      rootCertificate: {
        fingerprint256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
        notAfter: expect.stringMatching(/Z$/),
      },
      firstSteps: { agentCreated: false, secretAdded: false, requestSeen: false, ruleCreated: false },
    });
  });

  it('ticks the first steps as they are taken', async () => {
    await call('POST', '/v1/agents', { name: 'A', identifier: 'a' });
    await call('POST', '/v1/secrets', { name: 'S', type: 'openai', value: 'sk-0123456789abcdef' });
    await call('POST', '/v1/rules', { name: 'R', hostPattern: 'x.example.com', action: 'block' });
    expect((await call('GET', '/v1/system')).body.firstSteps).toEqual({
      agentCreated: true,
      secretAdded: true,
      requestSeen: false,
      ruleCreated: true,
    });
  });

  it('has one user, the local one', async () => {
    expect((await call('GET', '/v1/user')).body).toEqual({
      id: 'local',
      email: 'local@localhost',
      name: 'Local user',
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it('is alive and ready', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const { status, body } = await call('GET', path);
      expect([status, body]).toEqual([200, { status: 'ok' }]);
    }
  });
});

describe('/v1/audit-events', () => {
  let plane: ControlPlane;
  let call: Call;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
  });
  afterAll(() => plane.close());

  it('tells who changed what, newest first, by page and by entity', async () => {
    const rule = (await call('POST', '/v1/rules', { name: 'R', hostPattern: 'x.example.com', action: 'block' })).body;
    await call('PATCH', `/v1/rules/${rule.id}`, { enabled: false });
    await call('DELETE', `/v1/rules/${rule.id}`);
    const { status, body } = await call('GET', `/v1/audit-events?entityId=${rule.id}`);
    expect(status).toBe(200);
    expect(body.items.map((event: { kind: string }) => event.kind)).toEqual([
      'rule.deleted',
      'rule.updated',
      'rule.created',
    ]);
    expect(body.items[1]).toMatchObject({
      actor: { kind: 'local-user', address: '127.0.0.1' },
      entity: 'rule',
      entityId: rule.id,
      entityName: 'R',
      before: { enabled: true },
      after: { enabled: false },
    });
    const first = (await call('GET', `/v1/audit-events?entityId=${rule.id}&limit=2`)).body;
    expect(first.items).toHaveLength(2);
    const rest = (await call('GET', `/v1/audit-events?entityId=${rule.id}&limit=2&cursor=${first.nextCursor}`)).body;
    expect([rest.items.length, rest.nextCursor]).toEqual([1, null]);
  });

  it.each(['limit=0', 'limit=501', 'entityId=x', 'kind=rule'])('refuses ?%s', async (query) => {
    const { status, body } = await call('GET', `/v1/audit-events?${query}`);
    expect([status, body.code, body.details[0].path]).toEqual([400, 'VALIDATION', query.split('=')[0]]);
  });
});
