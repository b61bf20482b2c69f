import { ServedRevisions } from '../../src/policy/served-revisions.js';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

describe('/v1/policy', () => {
  let plane: ControlPlane;
  let call: Call;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
  });
  afterAll(() => plane.close());

  it('tells the stored revision, which grows with every change, and what replicas serve', async () => {
    const before = (await call('GET', '/v1/policy/status')).body;
    expect(before).toEqual({ revision: expect.any(Number), defaultPolicy: 'allow', replicas: [] });
    await call('POST', '/v1/rules', { name: 'R', hostPattern: 'x.example.com', action: 'block' });
    const { projectId } = (await call('GET', '/v1/system')).body;
    plane.app.get(ServedRevisions, { strict: false }).report(projectId, before.revision);
    const after = (await call('GET', '/v1/policy/status')).body;
    expect(after.revision).toBeGreaterThan(before.revision);
    expect(after.replicas).toEqual([
      { replica: expect.any(String), revision: before.revision, seenAt: expect.stringMatching(/Z$/) },
    ]);
  });

  it('switches the default policy', async () => {
    const denied = await call('PATCH', '/v1/policy/default', { defaultPolicy: 'deny' });
    expect([denied.status, denied.body.defaultPolicy]).toEqual([200, 'deny']);
    expect((await call('GET', '/v1/policy/status')).body.defaultPolicy).toBe('deny');
    for (const body of [{}, { defaultPolicy: 'maybe' }, { defaultPolicy: null }]) {
      const refused = await call('PATCH', '/v1/policy/default', body);
      expect([refused.status, refused.body.details[0].path]).toEqual([400, 'defaultPolicy']);
    }
    expect((await call('PATCH', '/v1/policy/default', { defaultPolicy: 'allow' })).body.defaultPolicy).toBe('allow');
  });

  it('explains what the gateway would decide, with a draft rule too', async () => {
    const agentId = (await call('GET', '/v1/agents/default')).body.id;
    await call('POST', '/v1/secrets', {
      name: 'GH',
      type: 'generic',
      value: 'ghp_0123456789abcdef',
      hostPattern: 'api.github.com',
      injectionConfig: { headerName: 'Authorization', valueFormat: 'token {value}' },
    });
    const rule = (
      await call('POST', '/v1/rules', {
        name: 'No deletes',
        hostPattern: 'api.github.com',
        method: 'DELETE',
        action: 'block',
      })
    ).body;
    const get = { agentId, method: 'GET', url: 'https://api.github.com/repos/x' };
    const allowed = await call('POST', '/v1/policy/evaluate', get);
    expect(allowed.status).toBe(200);
    expect(allowed.body).toMatchObject({
      decision: 'allowed',
      refusal: null,
      secrets: [{ name: 'GH', injected: true }],
    });
    expect(JSON.stringify(allowed.body)).not.toContain('ghp_');
    const blocked = (await call('POST', '/v1/policy/evaluate', { ...get, method: 'DELETE' })).body;
    expect(blocked).toMatchObject({ decision: 'blocked', refusal: 'blocked_by_policy' });
    expect(blocked.rules[0]).toMatchObject({ id: rule.id, name: 'No deletes', matched: true, why: expect.any(String) });
    const draftRule = { name: 'Draft', hostPattern: '*.github.com', action: 'block' };
    const drafted = (await call('POST', '/v1/policy/evaluate', { ...get, draftRule })).body;
    expect(drafted).toMatchObject({
      decision: 'blocked',
      rules: expect.arrayContaining([expect.objectContaining({ id: null, name: 'Draft', matched: true })]),
    });
    expect(JSON.stringify((await call('GET', '/v1/rules')).body)).not.toContain('Draft');
    const odd = (await call('POST', '/v1/policy/evaluate', { ...get, url: 'https://api.github.com/a/../b' })).body;
    expect(odd).toMatchObject({ decision: 'refused', refusal: 'ambiguous_path' });
  });

  it.each<[string, object, string]>([
    ['no agent', { agentId: undefined }, 'agentId'],
    ['an agent that is no id', { agentId: 'default' }, 'agentId'],
    ['an agent that is not there', { agentId: '01981f00-0000-7000-8000-000000000000' }, 'agentId'],
    ['a method with a space', { method: 'GET /' }, 'method'],
    ['a URL without a scheme', { url: 'api.github.com' }, 'url'],
    ['a URL of another scheme', { url: 'ftp://api.github.com/' }, 'url'],
    ['a draft that is no rule', { draftRule: 'x' }, 'draftRule'],
    ['a draft without an action', { draftRule: { name: 'D', hostPattern: 'x.example.com' } }, 'draftRule.action'],
    [
      'a draft with a bad pattern',
      { draftRule: { name: 'D', hostPattern: 'a*.example.com', action: 'block' } },
      'draftRule',
    ],
  ])('refuses to evaluate %s', async (_name, more, path) => {
    const agentId = (await call('GET', '/v1/agents/default')).body.id;
    const { status, body } = await call('POST', '/v1/policy/evaluate', {
      agentId,
      method: 'GET',
      url: 'https://x.example.com/',
      ...more,
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION']);
    expect(body.details.map((detail: { path: string }) => detail.path)).toContain(path);
  });
});
