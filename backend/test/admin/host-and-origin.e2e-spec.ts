import { request } from 'node:http';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';

interface Raw {
  readonly status: number;
  readonly text: string;
}

describe('who may reach the control plane', () => {
  let plane: ControlPlane;
  let port: number;

  beforeAll(async () => {
    plane = await startControlPlane({
      variables: { ADMIN_ALLOWED_HOSTS: 'onecli.lan', ADMIN_PUBLIC_URL: 'https://console.example.com' },
    });
    port = Number(new URL(plane.url).port);
  });
  afterAll(() => plane.close());

  /** fetch cannot set Host, Origin or Sec-Fetch fields; a socket can. */
  function send(method: string, path: string, headers: Record<string, string>): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, method, path, headers: { Host: `localhost:${port}`, ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(method === 'POST' ? '{}' : undefined);
    });
  }

  const PATHS = [
    '/v1/agents',
    '/api/agents',
    '/v1/requests/stream',
    '/',
    '/agents',
    '/main-ABCD1234.js',
    '/v1/nowhere',
  ];

  it.each(PATHS)('refuses a foreign Host on %s and names the setting', async (path) => {
    const { status, text } = await send('GET', path, { Host: `evil.example:${port}` });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toEqual({
      code: 'FORBIDDEN',
      error: expect.stringMatching(/evil\.example.*ADMIN_ALLOWED_HOSTS/),
    });
  });

  it.each(PATHS)('refuses another site on %s', async (path) => {
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' },
    ]) {
      const { status, text } = await send('GET', path, headers);
      expect([status, JSON.parse(text).code]).toEqual([403, 'FORBIDDEN']);
    }
  });

  it('changes nothing for another site', async () => {
    const headers = { Origin: 'https://evil.example', 'Content-Type': 'text/plain' };
    expect((await send('POST', '/v1/agents', headers)).status).toBe(403);
    expect((await send('OPTIONS', '/v1/agents', { ...headers, 'Access-Control-Request-Method': 'POST' })).status).toBe(
      403,
    );
  });

  it.each([
    ['the listening port on localhost', () => `localhost:${port}`],
    ['an address', () => `127.0.0.1:${port}`],
    ['a container', () => `host.docker.internal:${port}`],
    ['an allowed name', () => `onecli.lan:${port}`],
    ['the public URL', () => 'console.example.com'],
  ])('answers to %s', async (_name, host) => {
    expect((await send('GET', '/v1/agents', { Host: host() })).status).toBe(200);
  });

  it('refuses its own name at another port', async () => {
    expect((await send('GET', '/v1/agents', { Host: 'localhost:1' })).status).toBe(403);
  });

  it('answers its own pages, programs, and links that somebody follows', async () => {
    const own = { Origin: `http://localhost:${port}`, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' };
    expect((await send('GET', '/v1/agents', own)).status).toBe(200);
    expect(
      (await send('GET', '/v1/agents', { Host: 'console.example.com', Origin: 'https://console.example.com' })).status,
    ).toBe(200);
    expect((await send('GET', '/v1/agents', {})).status).toBe(200);
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
    expect((await send('GET', '/v1/agents', link)).status).toBe(200);
    expect((await send('GET', '/v1/agents', { ...link, 'Sec-Fetch-Dest': 'iframe' })).status).toBe(403);
    expect((await send('POST', '/v1/agents', link)).status).toBe(403);
  });

  it('answers probes by whatever name', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const { status, text } = await send('GET', path, { Host: '10.1.2.3:9' });
      expect([status, JSON.parse(text)]).toEqual([200, { status: 'ok' }]);
    }
  });
});
