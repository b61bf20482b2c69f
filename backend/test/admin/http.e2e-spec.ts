import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

const CANARY = 'canary-7d1f9f0a2b';

describe("the control plane's HTTP", () => {
  let plane: ControlPlane;
  let call: Call;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
  });
  afterAll(() => plane.close());

  it.each(['/v1/agents', '/api/agents', '/api/v1/agents', '/v1/agents/', '/v1/agents?'])(
    'answers at %s',
    async (path) => {
      const { status, body } = await call('GET', path);
      expect([status, body.length]).toEqual([200, 1]);
    },
  );

  it.each([
    ['GET', '/v1'],
    ['GET', '/v1/nowhere'],
    ['GET', '/api/nowhere'],
    ['POST', '/nowhere'],
    ['GET', '/v1/agents/01981f00-0000-7000-8000-000000000000/nowhere'],
    ['GET', '/v2/agents.json'],
  ])('answers %s %s with 404 in JSON', async (method, path) => {
    const { status, body } = await call(method, path);
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it.each([
    ['DELETE', '/v1/agents', 'GET, HEAD, POST'],
    ['PUT', '/api/secrets', 'GET, HEAD, POST'],
    ['POST', '/v1/system', 'GET, HEAD'],
    ['GET', '/v1/policy/default', 'PATCH'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('answers %s %s with 405 and what it takes', async (method, path, allow) => {
    const { status, headers, body } = await call(method, path);
    expect([status, body.code, headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', allow]);
  });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['broken JSON', `{"value":"${CANARY}`, {}, 400, 'BAD_REQUEST'],
    ['JSON that is a text', `"${CANARY}"`, {}, 400, 'BAD_REQUEST'],
    ['a list', `["${CANARY}"]`, {}, 400, 'VALIDATION'],
    ['a form', `value=${CANARY}`, { 'Content-Type': 'application/x-www-form-urlencoded' }, 400, 'BAD_REQUEST'],
    ['text', `{"value":"${CANARY}"}`, { 'Content-Type': 'text/plain' }, 400, 'BAD_REQUEST'],
    [
      'another character set',
      `{"value":"${CANARY}"}`,
      { 'Content-Type': 'application/json; charset=utf-99' },
      400,
      'BAD_REQUEST',
    ],
    ['an unknown compression', `{"value":"${CANARY}"}`, { 'Content-Encoding': 'zip' }, 400, 'BAD_REQUEST'],
    ['more than a MiB', `{"value":"${CANARY}${'x'.repeat(1024 * 1024)}"}`, {}, 413, 'PAYLOAD_TOO_LARGE'],
    ['a prototype', '{"__proto__":{"admin":true},"name":"x"}', {}, 400, 'VALIDATION'],
  ])('refuses a body of %s without repeating it', async (_name, sent, headers, status, code) => {
    const answer = await call('POST', '/v1/secrets', sent, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
    expect(plane.logged()).not.toContain(CANARY);
  });

  it('refuses a path that cannot be decoded', async () => {
    const { status, body } = await call('GET', '/v1/agents/%E0%A4%A');
    expect([status, body.code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('names the fields of nested objects', async () => {
    const { body } = await call('POST', '/v1/secrets', { name: '', injectionConfig: { headerName: 5, bogus: 1 } });
    const paths = body.details.map((detail: { path: string }) => detail.path);
    expect(paths).toEqual(
      expect.arrayContaining(['name', 'type', 'value', 'injectionConfig.headerName', 'injectionConfig.bogus']),
    );
    for (const detail of body.details)
      expect(detail).toEqual({ path: expect.any(String), message: expect.any(String) });
  });

  it('accepts the Authorization that clients send once a key is configured', async () => {
    expect((await call('GET', '/v1/agents', undefined, { Authorization: 'Bearer oc_whatever' })).status).toBe(200);
  });

  it('takes the one project by its id, and no other', async () => {
    const { projectId } = (await call('GET', '/v1/system')).body;
    expect((await call('GET', '/v1/agents', undefined, { 'X-Project-Id': projectId })).status).toBe(200);
    for (const other of ['01981f00-0000-7000-8000-000000000000', 'x']) {
      const { status, body } = await call('GET', '/v1/agents', undefined, { 'X-Project-Id': other });
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });

  it('tells browsers to keep to themselves, and caches to keep nothing', async () => {
    const { headers } = await call('GET', '/v1/agents');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toMatch(/script-src 'self';/);
    expect(policy).toMatch(/style-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
  });

  it('gives every request an id, and logs it without its query and body', async () => {
    const { headers } = await call('GET', `/v1/requests?q=${CANARY}`, undefined, { 'X-Request-Id': 'forged' });
    const id = headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const line = plane
      .logged()
      .split('\n')
      .find((candidate) => candidate.includes(String(id)));
    expect(line).toContain('"path":"/v1/requests"');
    expect(line).toContain('"status":200');
    expect(plane.logged()).not.toContain(CANARY);
  });
});
