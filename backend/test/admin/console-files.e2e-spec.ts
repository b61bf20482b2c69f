import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:http';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';

describe('the console', () => {
  let plane: ControlPlane;
  let parent: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'onecli-console-'));
    const directory = join(parent, 'console');
    await mkdir(join(directory, 'media'), { recursive: true });
    await writeFile(
      join(directory, 'index.html'),
      '<!doctype html><html><head><style>a{}</style></head><body>\n  <oc-root></oc-root></body></html>',
    );
    await writeFile(join(directory, 'main-ABCD1234.js'), 'export {};');
    await writeFile(join(directory, 'chunk-B-vUUXsy.js'), 'export {};');
    await mkdir(join(directory, 'fonts'));
    await writeFile(join(directory, 'fonts', 'inter-latin-wght-normal.woff2'), 'font');
    await writeFile(join(directory, 'favicon.ico'), 'icon');
    await writeFile(join(directory, 'media', 'inter-QWER5678.woff2'), 'font');
    await writeFile(join(directory, '.env'), 'hidden');
    await writeFile(join(parent, 'outside.txt'), 'outside');
    plane = await startControlPlane({ consoleDirectory: directory });
  });
  afterAll(async () => {
    await plane.close();
    await rm(parent, { recursive: true, force: true });
  });

  it.each(['/', '/agents', '/agents/01981f00-0000-7000-8000-000000000000', '/index.html', '/nowhere', '/?x=1'])(
    'serves its page at %s, fresh, with the nonce that its policy names',
    async (path) => {
      const answer = await fetch(plane.url + path);
      const html = await answer.text();
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      const nonce = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];
      expect(html).toContain(`<oc-root ngCspNonce="${nonce}">`);
      expect(html).toContain(`<style nonce="${nonce}">`);
    },
  );

  it('gives each answer a nonce of its own', async () => {
    const [one, two] = [await (await fetch(plane.url)).text(), await (await fetch(plane.url)).text()];
    expect(one).not.toBe(two);
  });

  it.each([
    ['/main-ABCD1234.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/media/inter-QWER5678.woff2', 'font/woff2', 'public, max-age=31536000, immutable'],
    ['/chunk-B-vUUXsy.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/fonts/inter-latin-wght-normal.woff2', 'font/woff2', 'no-cache'],
    ['/favicon.ico', 'image/vnd.microsoft.icon', 'no-cache'],
  ])('serves %s', async (path, type, caching) => {
    const answer = await fetch(plane.url + path);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      type,
      caching,
    ]);
  });

  it.each(['/main-GONE0000.js', '/missing.css'])(
    'answers 404 and not its page for the missing file %s',
    async (path) => {
      const answer = await fetch(plane.url + path);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/media/..%5c..%5coutside.txt',
    '/.env',
    '//etc/passwd',
    '/%00',
  ])('serves nothing outside its directory at %s', async (path) => {
    const text = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(plane.url);
      request({ hostname, port, path, headers: { Host: `${hostname}:${port}` } }, (response) => {
        let all = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (all += chunk));
        response.on('end', () => resolve(`${response.statusCode} ${all}`));
      })
        .on('error', reject)
        .end();
    });
    expect(text).not.toContain('outside');
    expect(text).not.toContain('hidden');
    expect(text).not.toContain('root:');
    expect(text).not.toMatch(/^5/);
  });
});

describe('without a built console', () => {
  it('says how to build it, and the API works', async () => {
    const plane = await startControlPlane({ consoleDirectory: join(tmpdir(), 'onecli-no-such-directory') });
    const answer = await fetch(plane.url);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
    expect((await fetch(`${plane.url}/v1/agents`)).status).toBe(200);
    await plane.close();
  });
});
