import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import { startApiUpstream, type ApiUpstream } from './api-upstream.js';
import { API_HOST, startClientGateway } from './client-gateway.js';
import { ClientHome, itNeeds, missingProgram, ways } from './client-process.js';
import { program } from './http-clients.js';

jest.setTimeout(120_000);

const REAL = 'the-real-secret-b0b0';
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const test = itNeeds('Chromium', missingProgram([CHROMIUM, 'certutil']));

describe('Chromium', () => {
  let gateway: TestGateway;
  let upstream: ApiUpstream;
  let home: ClientHome;

  beforeAll(async () => {
    gateway = await startClientGateway();
    upstream = await startApiUpstream((request, response, { method, url, body }) => {
      if (request.method === 'POST')
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ method, url, ...body }));
      else response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<p>Grüße an den Leser</p>');
    });
    await gateway.anAgent({ name: 'Reader', identifier: 'reader' });
    // prettier-ignore
    await gateway.aSecret({ name: 'API token', type: 'generic', value: REAL, hostPattern: API_HOST,
      injectionConfig: { headerName: 'Authorization', valueFormat: 'Bearer {value}' } });
    await gateway.aRule({ name: 'Not this page', hostPattern: API_HOST, pathPattern: '/blocked', action: 'block' });
  });
  afterAll(async () => {
    await upstream.close();
    await gateway.close();
  });
  // A browser's profile and roots are its user's.
  beforeEach(async () => (home = await ClientHome.made()));
  afterEach(() => home.remove());

  const both = ways(
    () => gateway,
    () => home,
  );

  test.each(both)('opens a page, and the page asks its API, with the real secret, $name', async ({ run }) => {
    upstream.arrived.splice(0);
    const outcome = await run('reader', [
      process.execPath,
      program('browser.mjs'),
      CHROMIUM,
      `${upstream.origin}/page`,
    ]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).not.toContain(REAL);
    const sha256 = createHash('sha256').update('Grüße').digest('hex');
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      status: 200,
      shown: 'Grüße an den Leser',
      fetched: { method: 'POST', url: '/v1/from-the-page', sha256 },
    });
    const page = upstream.arrived.filter(({ url }) => url !== '/favicon.ico');
    expect(page.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /page', 'POST /v1/from-the-page']);
    for (const { headers } of page) expect(headers).toMatchObject({ authorization: `Bearer ${REAL}` });
    expect(JSON.stringify(page)).not.toMatch(/placeholder|proxy-|aoc_/i);
    const [entry] = await gateway.requests(1, 'q=/v1/from-the-page');
    expect(entry).toMatchObject({
      agentName: 'Reader',
      method: 'POST',
      host: API_HOST,
      status: 200,
      secretNames: ['API token'],
    });
  });

  test('shows why a rule forbids a page', async () => {
    const outcome = await both[0].run('reader', [
      process.execPath,
      program('browser.mjs'),
      CHROMIUM,
      `${upstream.origin}/blocked`,
    ]);
    const { status, shown } = JSON.parse(outcome.stdout) as { status: number; shown: string };
    expect(status).toBe(403);
    expect(JSON.parse(shown)).toMatchObject({ error: 'blocked_by_policy', rule_name: 'Not this page' });
  });
});
