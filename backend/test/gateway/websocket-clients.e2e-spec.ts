import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { ProxyAgent, WebSocket } from 'undici';
import { PYTHON } from '../clients/http-clients.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startWebSockets, until, type WebSocketUpstream } from './websocket-upstream.js';

const run = promisify(execFile);
const has = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;

/** Big enough for a length of eight bytes, and incompressible enough to be many chunks. */
const LONG = Array.from({ length: 30_000 }, (_item, i) => (i * 2_654_435_761).toString(36)).join('');

let gateway: TestGateway;
let secure: WebSocketUpstream;
let plain: WebSocketUpstream;
const directory = mkdtempSync(join(tmpdir(), 'onecli-websocket-'));

beforeAll(async () => {
  const page = `<script>
    const talk = (text) => new Promise((resolve, reject) => {
      const socket = new WebSocket('wss://' + location.host + '/from-a-page', ['a', 'b']);
      let heard = '';
      socket.onopen = () => socket.send(text);
      socket.onmessage = ({ data }) => { heard = data; socket.close(1000, 'done'); };
      socket.onclose = ({ code, wasClean }) => resolve({ heard, code, wasClean, protocol: socket.protocol, extensions: socket.extensions });
    });
  </script>`;
  [gateway, secure, plain] = await Promise.all([
    startGateway(),
    startWebSockets({ page }),
    startWebSockets({ scheme: 'http' }),
  ]);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([secure.close(), plain.close()]);
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  secure.closed.splice(0);
  plain.closed.splice(0);
});

describe("Node's WebSocket", () => {
  it.each(['wss', 'ws'] as const)('talks over %s, in the protocol that the server chose', async (scheme) => {
    const upstream = scheme === 'wss' ? secure : plain;
    const dispatcher = new ProxyAgent({
      uri: `http://127.0.0.1:${gateway.port}`,
      token: `Basic ${Buffer.from(`x:${gateway.agent.accessToken}`).toString('base64')}`,
      requestTls: { ca: gateway.ca },
    });
    const socket = new WebSocket(`${scheme}://${upstream.authority}/node`, { dispatcher, protocols: ['a', 'b'] });
    const heard: unknown[] = [];
    const closed = new Promise<{ code: number; wasClean: boolean }>((resolve) => {
      socket.addEventListener('close', ({ code, wasClean }) => resolve({ code, wasClean }));
    });
    socket.addEventListener('open', () => {
      socket.send('short');
      socket.send(LONG);
    });
    socket.addEventListener('message', ({ data }) => {
      heard.push(data);
      if (heard.length === 2) socket.close(1000, 'done');
    });
    expect(await closed).toEqual({ code: 1000, wasClean: true });
    expect(heard).toEqual(['short', LONG]);
    expect(socket.protocol).toBe('b');
    await until(() => upstream.closed.length === 1);
    expect(upstream.closed).toEqual([1000]);
    await dispatcher.close();
  });
});

/** Opens the tunnel by hand, because not every version of `websockets` knows proxies. */
const TALK = `
import asyncio, base64, json, socket, ssl, sys
import websockets
port, token, authority, root, scheme = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
text = sys.stdin.read()
tunnel = socket.create_connection(('127.0.0.1', port))
credentials = base64.b64encode(('x:' + token).encode()).decode()
tunnel.sendall(f'CONNECT {authority} HTTP/1.1\\r\\nHost: {authority}\\r\\nProxy-Authorization: Basic {credentials}\\r\\n\\r\\n'.encode())
head = b''
while not head.endswith(b'\\r\\n\\r\\n'):
    head += tunnel.recv(1)
assert b' 200 ' in head, head
async def main():
    secure = {'ssl': ssl.create_default_context(cafile=root), 'server_hostname': 'localhost'} if scheme == 'wss' else {}
    async with websockets.connect(f'{scheme}://{authority}/python', sock=tunnel, max_size=None, **secure) as connection:
        await connection.send(text)
        heard = await connection.recv()
        await connection.send(text.encode())
        binary = await connection.recv()
        await (await connection.ping())
        extensions = [str(extension.name) for extension in connection.extensions] if hasattr(connection, 'extensions') else None
    print(json.dumps({'same': heard == text, 'binary': binary == text.encode(), 'extensions': extensions}))
asyncio.run(main())
`;

const pythonKnowsWebSockets = has(PYTHON, ['-c', 'import websockets']);
(pythonKnowsWebSockets ? describe : describe.skip)("Python's websockets", () => {
  it.each(['wss', 'ws'] as const)('talks over %s with compression, binary messages and pings', async (scheme) => {
    const upstream = scheme === 'wss' ? secure : plain;
    const program = [
      '-c',
      TALK,
      String(gateway.port),
      gateway.agent.accessToken,
      upstream.authority,
      gateway.caFile,
      scheme,
    ];
    const running = run(PYTHON, program, { timeout: 50_000 });
    running.child.stdin?.end(LONG);
    expect(JSON.parse((await running).stdout)).toEqual({
      same: true,
      binary: true,
      extensions: ['permessage-deflate'],
    });
    await until(() => upstream.closed.length === 1);
    expect(upstream.closed).toEqual([1000]);
  });
});

const chromiumCanTrust = has('which', ['chromium']) && has('which', ['certutil']);
(chromiumCanTrust ? describe : describe.skip)('a page in Chromium', () => {
  it('talks over wss through a proxy that asks for a token, trusting only the roots that its user trusts', async () => {
    const database = join(directory, '.pki', 'nssdb');
    mkdirSync(database, { recursive: true });
    const root = join(directory, 'root.pem');
    writeFileSync(root, gateway.ca);
    await run('certutil', ['-N', '-d', `sql:${database}`, '--empty-password']);
    await run('certutil', ['-A', '-d', `sql:${database}`, '-t', 'C,,', '-n', 'root', '-i', root]);
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--proxy-bypass-list=<-loopback>'],
      proxy: { server: `http://127.0.0.1:${gateway.port}`, username: 'x', password: gateway.agent.accessToken },
      env: { PATH: process.env['PATH'] ?? '', HOME: directory },
    });
    try {
      const page = await browser.newPage();
      await page.goto(`https://${secure.authority}/page`);
      const talk = (text: string): Promise<unknown> => page.evaluate(`talk(${JSON.stringify(text)})`);
      const outcome = { code: 1000, wasClean: true, protocol: 'b', extensions: 'permessage-deflate' };
      expect(await talk('short')).toEqual({ heard: 'short', ...outcome });
      expect(await talk(LONG)).toEqual({ heard: LONG, ...outcome });
      expect(secure.closed).toEqual([1000, 1000]);
      const agent = await gateway.requests(2, 'q=/from-a-page');
      expect(agent.map(({ status, protocol }) => [status, protocol])).toEqual([
        [101, 'websocket'],
        [101, 'websocket'],
      ]);
    } finally {
      await browser.close();
    }
  });
});
