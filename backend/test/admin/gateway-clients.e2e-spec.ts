import { X509Certificate } from 'node:crypto';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

const CA = '/tmp/onecli-gateway-ca.pem';
const TOKEN_KEY = 'sk-ant-oat01-0123456789abcdefghij';
const API_KEY = 'sk-ant-api03-0123456789abcdefghij';

describe('what a client of the gateway asks for', () => {
  let plane: ControlPlane;
  let call: Call;

  beforeEach(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
  });
  afterEach(() => plane.close());

  it('is the container config, with exactly these variables', async () => {
    const { accessToken } = (await call('POST', '/v1/agents', { name: 'A', identifier: 'a' })).body;
    const { status, headers, body } = await call('GET', '/v1/container-config?agent=a');
    const proxy = `http://x:${accessToken}@host.docker.internal:10255`;
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      env: {
        HTTPS_PROXY: proxy,
        HTTP_PROXY: proxy,
        https_proxy: proxy,
        http_proxy: proxy,
        NO_PROXY: 'localhost,127.0.0.1,::1',
        no_proxy: 'localhost,127.0.0.1,::1',
        NODE_EXTRA_CA_CERTS: CA,
        NODE_USE_ENV_PROXY: '1',
        SSL_CERT_FILE: CA,
        CURL_CA_BUNDLE: CA,
        REQUESTS_CA_BUNDLE: CA,
        GIT_SSL_CAINFO: CA,
        GIT_TERMINAL_PROMPT: '0',
        GIT_HTTP_PROXY_AUTHMETHOD: 'basic',
      },
      caCertificate: expect.stringContaining('BEGIN CERTIFICATE'),
      caCertificateContainerPath: CA,
      warnings: [expect.stringContaining('No secret')],
    });
  });

  it('holds placeholders for what would be injected, and for nothing else', async () => {
    const placeholders = async (agent: string): Promise<Record<string, string>> => {
      const { env } = (await call('GET', `/v1/container-config?agent=${agent}`)).body;
      return Object.fromEntries(Object.entries<string>(env).filter(([name]) => /KEY|TOKEN/.test(name)));
    };
    const agent = (await call('POST', '/v1/agents', { name: 'A', identifier: 'a' })).body;
    const openai = (await call('POST', '/v1/secrets', { name: 'O', type: 'openai', value: 'sk-0123456789abcdef' }))
      .body;
    const anthropic = (await call('POST', '/v1/secrets', { name: 'C', type: 'anthropic', value: API_KEY })).body;
    expect(await placeholders('a')).toEqual({ OPENAI_API_KEY: 'placeholder', ANTHROPIC_API_KEY: 'placeholder' });
    await call('PATCH', `/v1/secrets/${anthropic.id}`, { value: TOKEN_KEY });
    expect(await placeholders('a')).toEqual({ OPENAI_API_KEY: 'placeholder', CLAUDE_CODE_OAUTH_TOKEN: 'placeholder' });
    await call('PATCH', `/v1/agents/${agent.id}/secret-mode`, { mode: 'selective' });
    expect(await placeholders('a')).toEqual({});
    await call('PUT', `/v1/agents/${agent.id}/secrets`, { secretIds: [openai.id] });
    expect(await placeholders('a')).toEqual({ OPENAI_API_KEY: 'placeholder' });
    expect((await call('GET', '/v1/container-config?agent=a')).body).not.toHaveProperty('warnings');
  });

  it('answers for the default agent without a name, and 404 AGENT_NOT_FOUND for an unknown one', async () => {
    expect((await call('GET', '/v1/container-config')).body.env.HTTPS_PROXY).toContain('aoc_');
    expect((await call('GET', '/api/container-config')).status).toBe(200);
    for (const name of ['nobody', 'Not%20an%20identifier']) {
      const { status, body } = await call('GET', `/v1/container-config?agent=${name}`);
      expect([status, body.code]).toEqual([404, 'AGENT_NOT_FOUND']);
    }
    expect((await call('GET', '/v1/container-config?name=x')).body.details[0].path).toBe('name');
  });

  it("is the gateway's address, as seen from where the client is", async () => {
    expect((await call('GET', '/v1/gateway-url')).body).toEqual({ url: 'http://127.0.0.1:10255' });
  });

  it('is the root certificate, as a file', async () => {
    const answer = await fetch(`${plane.url}/v1/gateway/ca`);
    expect(answer.headers.get('content-type')).toContain('application/x-pem-file');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="onecli-gateway-ca.pem"');
    const pem = await answer.text();
    expect(new X509Certificate(pem).ca).toBe(true);
    expect(pem).not.toContain('PRIVATE KEY');
    expect((await call('GET', '/v1/container-config')).body.caCertificate).toBe(pem);
  });

  it('is the skill, as Markdown', async () => {
    const answer = await fetch(`${plane.url}/v1/skill/gateway`);
    expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await answer.text()).toMatch(/^---\nname: onecli-gateway\n/);
  });
});

describe('with GATEWAY_PUBLIC_HOST', () => {
  it('shows that address to containers and to programs', async () => {
    const plane = await startControlPlane({ variables: { GATEWAY_PUBLIC_HOST: 'gateway.lan:3128' } });
    const call = restClient(plane.url);
    expect((await call('GET', '/v1/gateway-url')).body).toEqual({ url: 'http://gateway.lan:3128' });
    expect((await call('GET', '/v1/container-config')).body.env.HTTPS_PROXY).toMatch(/@gateway\.lan:3128$/);
    await plane.close();
  });
});
