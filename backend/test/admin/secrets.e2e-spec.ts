import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

const VALUE = 'sk-test-0123456789abcdef';
const NOWHERE = '01981f00-0000-7000-8000-000000000000';

describe('/v1/secrets', () => {
  let plane: ControlPlane;
  let call: Call;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
  });
  afterAll(() => plane.close());

  const generic = (more: object = {}) => ({
    name: 'Stripe',
    type: 'generic',
    value: VALUE,
    hostPattern: 'api.stripe.com',
    injectionConfig: { headerName: 'Authorization', valueFormat: 'Bearer {value}' },
    ...more,
  });

  async function aSecret(more: object = {}): Promise<{ id: string; version: string }> {
    const { status, body } = await call('POST', '/v1/secrets', generic(more));
    expect(status).toBe(201);
    return body;
  }

  it('begins with none, as a plain array', async () => {
    expect((await call('GET', '/v1/secrets')).body).toEqual([]);
  });

  it('stores a secret and answers everything but its value', async () => {
    const created = await call('POST', '/v1/secrets', generic({ pathPattern: '/v1/*', allowPlainHttp: false }));
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.any(String),
      name: 'Stripe',
      type: 'generic',
      typeLabel: 'Generic credential',
      hostPattern: 'api.stripe.com',
      pathPattern: '/v1/*',
      injectionConfig: { headerName: 'Authorization', valueFormat: 'Bearer {value}' },
      allowPlainHttp: false,
      preview: 'cdef',
      createdAt: expect.any(String),
      rotatedAt: null,
      lastUsedAt: null,
      version: expect.any(String),
    });
    expect((await call('GET', '/v1/secrets')).body).toEqual([created.body]);
    expect((await call('GET', `/v1/secrets/${created.body.id}`)).body).toEqual(created.body);
  });

  it.each<[string, object, object]>([
    ['anthropic', { type: 'anthropic' }, { hostPattern: 'api.anthropic.com', injectionConfig: null }],
    ['openai', { type: 'openai' }, { hostPattern: 'api.openai.com', injectionConfig: null }],
    [
      'a query parameter',
      { injectionConfig: { paramName: 'key', paramFormat: 'k-{value}' } },
      { injectionConfig: { paramName: 'key', paramFormat: 'k-{value}' } },
    ],
    [
      'a path',
      { injectionConfig: { pathTemplate: '/bot{value}/' } },
      { injectionConfig: { pathTemplate: '/bot{value}/' } },
    ],
    ['basic', { injectionConfig: { username: 'me' } }, { injectionConfig: { username: 'me' } }],
    ['a short value, without a preview', { value: '123456789012' }, { preview: null }],
    ['plain HTTP', { allowPlainHttp: true }, { allowPlainHttp: true }],
  ])('stores %s', async (_name, more, expected) => {
    const body: Record<string, unknown> = generic(more);
    if ('type' in more) {
      delete body['hostPattern'];
      delete body['injectionConfig'];
    }
    const answer = await call('POST', '/v1/secrets', body);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject(expected);
  });

  it.each<[string, object, string]>([
    ['no name', { name: undefined }, 'name'],
    ['no value', { value: undefined }, 'value'],
    ['an empty value', { value: '' }, 'value'],
    ['a value that is not text', { value: { x: VALUE } }, 'value'],
    ['a value with a line break', { value: `${VALUE}\r\nX-Evil: 1` }, 'value'],
    ['a value with a NUL', { value: `${VALUE}\u0000` }, 'value'],
    ['an unknown type', { type: 'aws' }, 'type'],
    ['no host', { hostPattern: undefined }, 'hostPattern'],
    ['any host', { hostPattern: '*' }, 'hostPattern'],
    ['a public suffix', { hostPattern: '*.com' }, 'hostPattern'],
    ['a host with a scheme', { hostPattern: 'https://api.stripe.com' }, 'hostPattern'],
    ['a path without its slash', { pathPattern: 'v1' }, 'pathPattern'],
    ['an injection that is text', { injectionConfig: 'x' }, 'injectionConfig'],
    ['an injection that is a list', { injectionConfig: [{ headerName: 'X-Key' }] }, 'injectionConfig'],
    ['an empty injection', { injectionConfig: {} }, 'injectionConfig'],
    ['two injections at once', { injectionConfig: { headerName: 'a', paramName: 'b' } }, 'injectionConfig'],
    ['a format of another place', { injectionConfig: { paramName: 'b', valueFormat: '{value}' } }, 'injectionConfig'],
    [
      'an unknown part of an injection',
      { injectionConfig: { headerName: 'a', cookie: 'b' } },
      'injectionConfig.cookie',
    ],
    ['a header name that is not text', { injectionConfig: { headerName: 5 } }, 'injectionConfig.headerName'],
    ['a header name with a space', { injectionConfig: { headerName: 'X Key' } }, 'injectionConfig.headerName'],
    ['plain HTTP that is not a boolean', { allowPlainHttp: 'yes' }, 'allowPlainHttp'],
    ['an unknown property', { preview: 'abcd' }, 'preview'],
  ])('refuses %s, by its field and without repeating the value', async (_name, more, path) => {
    const { status, body } = await call('POST', '/v1/secrets', generic(more));
    expect([status, body.code]).toEqual([400, 'VALIDATION']);
    expect(body.details.map((detail: { path: string }) => detail.path)).toContain(path);
    expect(JSON.stringify(body)).not.toContain(VALUE);
  });

  it('rotates a value, and says when', async () => {
    const { id } = await aSecret();
    const rotated = await call('PATCH', `/v1/secrets/${id}`, { value: 'sk-other-0123456789wxyz' });
    expect(rotated.status).toBe(200);
    expect(rotated.body).toMatchObject({ id, preview: 'wxyz', rotatedAt: expect.any(String) });
  });

  it('narrows without the value, and re-aims only with it', async () => {
    const { id } = await aSecret({ hostPattern: '*.stripe.com' });
    expect((await call('PATCH', `/v1/secrets/${id}`, { hostPattern: 'api.stripe.com' })).body.hostPattern).toBe(
      'api.stripe.com',
    );
    for (const body of [
      { hostPattern: 'evil.example' },
      { hostPattern: '*.stripe.com' },
      { injectionConfig: { paramName: 'leak' } },
      { allowPlainHttp: true },
    ]) {
      const refused = await call('PATCH', `/v1/secrets/${id}`, body);
      expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION']);
    }
    const again = await call('PATCH', `/v1/secrets/${id}`, { hostPattern: 'files.stripe.com', value: VALUE });
    expect([again.status, again.body.hostPattern]).toEqual([200, 'files.stripe.com']);
  });

  it('guards changes and removals by version', async () => {
    const { id, version } = await aSecret();
    const match = { 'If-Match': `"${version}"` };
    expect((await call('PATCH', `/v1/secrets/${id}`, { name: 'One' }, match)).status).toBe(200);
    const lost = await call('PATCH', `/v1/secrets/${id}`, { name: 'Two' }, match);
    expect([lost.status, lost.body.code]).toEqual([412, 'STALE_VERSION']);
    expect((await call('DELETE', `/v1/secrets/${id}`, undefined, match)).status).toBe(412);
    expect((await call('DELETE', `/v1/secrets/${id}`)).status).toBe(204);
    expect((await call('GET', `/v1/secrets/${id}`)).status).toBe(404);
  });

  it.each(['x', NOWHERE])('answers 404 on every path of the secret %s', async (id) => {
    for (const answer of [
      await call('GET', `/v1/secrets/${id}`),
      await call('PATCH', `/v1/secrets/${id}`, { name: 'x' }),
      await call('DELETE', `/v1/secrets/${id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });
});
