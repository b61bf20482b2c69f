import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import { startApiUpstream, type ApiUpstream } from './api-upstream.js';
import { API_HOST, startClientGateway } from './client-gateway.js';
import { ClientHome, itNeeds, missingProgram, ways, type Outcome, type Surroundings } from './client-process.js';
import { PYTHON } from './http-clients.js';

jest.setTimeout(120_000);

const REAL = 'the-real-secret-51aa';
const LARGE = randomBytes(8 * 1024 * 1024);
const HASH = createHash('sha256').update(LARGE).digest('hex');

const curlTest = itNeeds('curl', missingProgram(['curl']));

describe('large bodies', () => {
  let gateway: TestGateway;
  let upstream: ApiUpstream;
  let home: ClientHome;

  beforeAll(async () => {
    home = await ClientHome.made();
    gateway = await startClientGateway();
    upstream = await startApiUpstream((request, response, { body }) => {
      if (request.method !== 'GET')
        response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      else
        response
          .writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': LARGE.length })
          .end(LARGE);
    });
    await gateway.anAgent({ name: 'Carrier', identifier: 'carrier' });
    // prettier-ignore
    await gateway.aSecret({ name: 'API token', type: 'generic', value: REAL, hostPattern: API_HOST,
      injectionConfig: { headerName: 'X-Token' } });
    await gateway.aRule({ name: 'No uploads', hostPattern: API_HOST, pathPattern: '/refused', action: 'block' });
  });
  afterAll(async () => {
    await upstream.close();
    await gateway.close();
    await home.remove();
  });
  beforeEach(() => upstream.arrived.splice(0));

  const aDirectory = async (): Promise<string> => {
    const directory = await mkdtemp(join(home.path, 'large-'));
    await writeFile(join(directory, 'sent'), LARGE);
    return directory;
  };
  const both = ways(
    () => gateway,
    () => home,
  );
  const curl = (
    run: (typeof both)[number]['run'],
    args: readonly string[],
    surroundings: Surroundings,
  ): Promise<Outcome> => run('carrier', ['curl', '-sS', '-v', '--suppress-connect-headers', ...args], surroundings);

  function expectWhole(): void {
    expect(upstream.arrived).toHaveLength(1);
    expect(upstream.arrived[0]?.body).toMatchObject({ length: LARGE.length, sha256: HASH });
    expect(upstream.arrived[0]?.headers).toMatchObject({ 'x-token': REAL });
  }

  describe.each(both)('$name', ({ run }) => {
    curlTest('curl uploads with a length, after it was told to continue', async () => {
      const cwd = await aDirectory();
      const args = [
        '-H',
        'Expect: 100-continue',
        '--expect100-timeout',
        '60',
        '--data-binary',
        '@sent',
        `${upstream.origin}/upload`,
      ];
      const { code, stdout, stderr } = await curl(run, args, { cwd });
      expect(code).toBe(0);
      expect(stderr).toContain('HTTP/1.1 100 Continue');
      expect(JSON.parse(stdout)).toMatchObject({ length: LARGE.length, sha256: HASH });
      expectWhole();
      expect(upstream.arrived[0]?.headers['content-length']).toBe(String(LARGE.length));
      const [entry] = await gateway.requests(1, 'q=/upload');
      expect(entry).toMatchObject({ agentName: 'Carrier', method: 'POST', status: 201, secretNames: ['API token'] });
      expect(entry?.bytesUp).toBeGreaterThanOrEqual(LARGE.length);
    });

    curlTest('curl uploads in chunks what it reads from a pipe', async () => {
      const { code, stdout } = await curl(run, ['-T', '-', `${upstream.origin}/chunked`], { input: LARGE });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ length: LARGE.length, sha256: HASH });
      expectWhole();
      expect(upstream.arrived[0]?.headers['transfer-encoding']).toBe('chunked');
    });

    curlTest('curl downloads', async () => {
      const cwd = await aDirectory();
      const { code } = await curl(run, ['-o', 'received', `${upstream.origin}/download`], { cwd });
      expect(code).toBe(0);
      expect(
        createHash('sha256')
          .update(readFileSync(join(cwd, 'received')))
          .digest('hex'),
      ).toBe(HASH);
    });
  });

  curlTest('curl keeps a large body to itself when the gateway refuses before it continues', async () => {
    const cwd = await aDirectory();
    const args = [
      '-H',
      'Expect: 100-continue',
      '--expect100-timeout',
      '60',
      '--data-binary',
      '@sent',
      '-w',
      '\n\n%{size_upload}',
      `${upstream.origin}/refused`,
    ];
    const outcome = await curl(both[0].run, args, { cwd });
    const [body = '', uploaded] = outcome.stdout.split(/\n+/);
    expect(JSON.parse(body)).toMatchObject({ error: 'blocked_by_policy', rule_name: 'No uploads' });
    expect(outcome.stderr).not.toContain('100 Continue');
    expect(uploaded).toBe('0');
    expect(upstream.arrived).toEqual([]);
  });

  // urllib and requests send a body without asking first: an answer in the middle of it must reach them all the same.
  itNeeds('Python', missingProgram([PYTHON]))('Python reads a refusal although it is still sending', async () => {
    const script = `
import sys, urllib.request, urllib.error
try: urllib.request.urlopen(urllib.request.Request(sys.argv[1], data=open('sent', 'rb').read()))
except urllib.error.HTTPError as error: print(error.status, error.read().decode())`;
    const outcome = await both[0].run('carrier', [PYTHON, '-c', script, `${upstream.origin}/refused`], {
      cwd: await aDirectory(),
    });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toMatch(/^403 \{"error":"blocked_by_policy"/);
  });
});
