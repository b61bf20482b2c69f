import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import { startApiUpstream, type ApiUpstream } from './api-upstream.js';
import { API_HOST, startClientGateway } from './client-gateway.js';
import { ClientHome, containerVariables, itNeeds, runProcess, ways, type Outcome } from './client-process.js';
import { curl, HTTP_CLIENTS, nodeFetch, urllib } from './http-clients.js';

jest.setTimeout(120_000);

const REAL = 'the-real-secret-2b1c';
const SENT = JSON.stringify({ grüße: 'an den Empfänger', numbers: [1, 2, 3] });
const RECEIPT = { length: Buffer.byteLength(SENT), sha256: createHash('sha256').update(SENT).digest('hex') };

describe('HTTP clients as agents use them', () => {
  let gateway: TestGateway;
  let https: ApiUpstream;
  let http: ApiUpstream;
  let home: ClientHome;

  beforeAll(async () => {
    home = await ClientHome.made();
    gateway = await startClientGateway();
    [https, http] = await Promise.all([startApiUpstream(), startApiUpstream(undefined, 'http')]);
    await gateway.anAgent({ name: 'Worker', identifier: 'worker' });
    // prettier-ignore
    await gateway.aSecret({ name: 'API token', type: 'generic', value: REAL, hostPattern: API_HOST, allowPlainHttp: true,
      injectionConfig: { headerName: 'Authorization', valueFormat: 'Bearer {value}' } });
    await gateway.aRule({ name: 'Nothing secret', hostPattern: API_HOST, pathPattern: '/blocked/*', action: 'block' });
    // prettier-ignore
    for (const client of ['curl', 'fetch', 'urllib']) {
      await gateway.aRule({ name: `Once a day by ${client}`, hostPattern: API_HOST, pathPattern: `/limited/${client}`,
        action: 'rate_limit', rateLimit: 1, rateLimitWindow: 'day' });
    }
  });
  afterAll(async () => {
    await Promise.all([https.close(), http.close()]);
    await gateway.close();
    await home.remove();
  });

  /** A directory of one use: some clients leave files. */
  const here = async (): Promise<{ cwd: string; input: string }> => ({
    cwd: await mkdtemp(join(home.path, 'run-')),
    input: SENT,
  });

  function expectQuiet(outcome: Outcome): void {
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).not.toContain(REAL);
  }

  describe.each(
    ways(
      () => gateway,
      () => home,
    ),
  )('$name', ({ name: way, run }) => {
    for (const [index, client] of HTTP_CLIENTS.entries()) {
      for (const scheme of ['https', 'http'] as const) {
        itNeeds(client.name, client.passedOver)(
          `${client.name} sends the real secret over ${scheme} without knowing it`,
          async () => {
            const upstream = scheme === 'https' ? https : http;
            const path = `/v1/${way.replaceAll(/\W+/g, '-')}/${scheme}/${index}`;
            const url = `${path}?q=a%2Fb`;
            const outcome = await run('worker', client.command(upstream.origin + url), await here());
            expectQuiet(outcome);
            expect(client.read(outcome.stdout)).toEqual({
              status: 200,
              retryAfter: null,
              body: { method: 'POST', url, ...RECEIPT },
            });
            const arrived = upstream.arrived.filter((request) => request.url === url);
            expect(arrived).toHaveLength(1);
            expect(arrived[0]?.headers).toMatchObject({
              authorization: `Bearer ${REAL}`,
              host: `${API_HOST}:${upstream.port}`,
            });
            expect(JSON.stringify(arrived[0])).not.toMatch(/placeholder|proxy-|aoc_/i);
            const [entry] = await gateway.requests(1, `q=${encodeURIComponent(path)}`);
            // prettier-ignore
            expect(entry).toMatchObject({ agentName: 'Worker', method: 'POST', scheme, host: API_HOST, port: upstream.port, path,
            decision: 'allowed', status: 200, secretNames: ['API token'] });
          },
        );
      }
    }
  });

  const [direct] = ways(
    () => gateway,
    () => home,
  );
  describe.each([
    { client: curl, key: 'curl' },
    { client: nodeFetch, key: 'fetch' },
    { client: urllib, key: 'urllib' },
  ])('$client.name', ({ client, key }) => {
    const test = itNeeds(client.name, client.passedOver);

    test('reads why a rule refused its request', async () => {
      const outcome = await direct.run('worker', client.command(`${https.origin}/blocked/${key}`), await here());
      const { status, body } = client.read(outcome.stdout);
      expect(status).toBe(403);
      expect(body).toMatchObject({
        error: 'blocked_by_policy',
        rule_name: 'Nothing secret',
        message: expect.stringContaining('Nothing secret'),
      });
      expect(https.arrived.map(({ url }) => url)).not.toContain(`/blocked/${key}`);
    });

    test('reads when it may ask again', async () => {
      const ask = async (): Promise<ReturnType<typeof client.read>> =>
        client.read(
          (await direct.run('worker', client.command(`${https.origin}/limited/${key}`), await here())).stdout,
        );
      expect((await ask()).status).toBe(200);
      const refused = await ask();
      expect(refused).toMatchObject({
        status: 429,
        body: { error: 'rate_limited', limit: 1, window: 'day', rule_name: `Once a day by ${key}` },
      });
      expect(Number(refused.retryAfter)).toBeGreaterThan(0);
      expect(Number(refused.retryAfter)).toBeLessThanOrEqual(86_400);
    });
  });

  it('neither environment holds the real secret', async () => {
    expect(JSON.stringify(await containerVariables(gateway, 'worker'))).not.toContain(REAL);
    const [, byRun] = ways(
      () => gateway,
      () => home,
    );
    const outcome = await byRun.run('worker', ['env']);
    expect(outcome.stdout).toContain('HTTPS_PROXY=http://x:aoc_');
    expect(outcome.stdout).not.toContain(REAL);
  });

  itNeeds('curl', curl.passedOver)('a client without an access token ends with the 407', async () => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HTTPS_PROXY: `http://127.0.0.1:${gateway.port}`,
      CURL_CA_BUNDLE: gateway.caFile,
    };
    const outcome = await runProcess(['curl', '-sS', `${https.origin}/`], { env });
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toContain('407');
  });
});
