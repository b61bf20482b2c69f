import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import { startApiUpstream, type ApiUpstream } from './api-upstream.js';
import { API_HOST, startClientGateway } from './client-gateway.js';
import { ClientHome, itNeeds, ways } from './client-process.js';
import { COMPILE_TIMEOUT_MS, COMPILED_CLIENTS } from './compiled-clients.js';

jest.setTimeout(180_000);

const REAL = 'the-real-secret-9f0e';
const SENT = JSON.stringify({ grüße: 'an den Empfänger' });
const RECEIPT = { length: Buffer.byteLength(SENT), sha256: createHash('sha256').update(SENT).digest('hex') };

describe('clients of compiled languages', () => {
  let gateway: TestGateway;
  let upstream: ApiUpstream;
  let home: ClientHome;

  beforeAll(async () => {
    home = await ClientHome.made();
    for (const client of COMPILED_CLIENTS) if (client.passedOver === undefined) await client.compile(home.path);
    gateway = await startClientGateway();
    upstream = await startApiUpstream();
    await gateway.anAgent({ name: 'Worker', identifier: 'worker' });
    // prettier-ignore
    await gateway.aSecret({ name: 'API token', type: 'generic', value: REAL, hostPattern: API_HOST,
      injectionConfig: { headerName: 'Authorization', valueFormat: 'Bearer {value}' } });
    await gateway.aRule({ name: 'Nothing secret', hostPattern: API_HOST, pathPattern: '/blocked', action: 'block' });
  }, COMPILE_TIMEOUT_MS);
  afterAll(async () => {
    await upstream.close();
    await gateway.close();
    await home.remove();
  });

  describe.each(COMPILED_CLIENTS)('$name', (client) => {
    const test = itNeeds(client.name, client.passedOver);
    const both = ways(
      () => gateway,
      () => home,
    );

    test.each(both)('sends the real secret without knowing it, $name', async ({ name: way, run }) => {
      const url = `/v1/${client.name.slice(0, 4).trim()}/${way.length}`;
      const outcome = await run('worker', client.command(upstream.origin + url), { input: SENT });
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
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
      expect(JSON.stringify(arrived[0])).not.toMatch(/placeholder|proxy-|aoc_|h2c/i);
      expect(JSON.stringify(outcome)).not.toContain(REAL);
      const [entry] = await gateway.requests(1, `q=${encodeURIComponent(url)}`);
      // prettier-ignore
      expect(entry).toMatchObject({ agentName: 'Worker', method: 'POST', scheme: 'https', host: API_HOST, status: 200,
        secretNames: ['API token'] });
    });

    test('reads why a rule refused its request', async () => {
      const outcome = await both[0].run('worker', client.command(`${upstream.origin}/blocked`), { input: SENT });
      expect(client.read(outcome.stdout)).toMatchObject({
        status: 403,
        body: { error: 'blocked_by_policy', rule_name: 'Nothing secret' },
      });
    });
  });
});
