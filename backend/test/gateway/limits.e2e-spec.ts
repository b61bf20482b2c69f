import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LeafCertificates } from '../../src/gateway/mitm/leaf-certificates.js';
import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { openTcp, openTunnel, parseAnswer, readAnswer, requestOn, secure } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

// Long enough that a busy machine keeps them, short enough to wait for. Heads and their own limits: head-limits.e2e-spec.ts.
const LIMITS = {
  GATEWAY_HEADER_TIMEOUT: '700',
  GATEWAY_TLS_TIMEOUT: '700',
  GATEWAY_IDLE_TIMEOUT: '900',
  GATEWAY_BODY_TIMEOUT: '800',
  GATEWAY_MAX_TUNNELS_PER_AGENT: '3',
  GATEWAY_LEAF_CACHE_SIZE: '10',
};
/** Node looks once a second for what is late, and adds a second of its own to the time of an idle connection. */
const PATIENCE = 6000;

let gateway: TestGateway;
let upstream: Upstream;
let plain: Upstream;

beforeAll(async () => {
  [gateway, upstream, plain] = await Promise.all([
    startGateway(LIMITS),
    startUpstream(),
    startUpstream({ scheme: 'http' }),
  ]);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), plain.close()]);
});

/** What came until the connection was closed; throws when it stays open. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = socket.closed
    ? Promise.resolve()
    : new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.resume();
  const late = new AbortController();
  await Promise.race([
    closed,
    delay(PATIENCE, undefined, { signal: late.signal }).then(() => {
      socket.destroy();
      throw new Error(`still open after ${PATIENCE} ms, having said: ${text}`);
    }),
  ]).finally(() => late.abort());
  return text;
}

/** Writes a piece again and again, so that the connection is never silent, until it closes. */
function drip(socket: Socket, piece: string): Socket {
  const dripping = setInterval(() => socket.write(piece), 100);
  socket.once('close', () => clearInterval(dripping));
  return socket;
}

const authorization = (): string => `Proxy-Authorization: Bearer ${gateway.agent.accessToken}\r\n`;
const absolute = (path: string, lines = ''): string =>
  `GET http://localhost:${plain.port}${path} HTTP/1.1\r\nHost: localhost:${plain.port}\r\n${authorization()}${lines}\r\n`;
async function tunnelTo({ port }: Pick<Upstream, 'port'>): Promise<Socket> {
  const { socket, status } = await openTunnel(gateway.port, `localhost:${port}`, gateway.agent.accessToken);
  expect(status).toBe(200);
  return socket;
}
const inTls = async (): Promise<Socket> => secure(await tunnelTo(upstream), 'localhost', gateway.ca);

describe('a connection', () => {
  it.each<[string, () => Promise<Socket>]>([
    ['that says nothing', () => openTcp(gateway.port)],
    [
      'whose request was answered and that says nothing more',
      async () => {
        const socket = await openTcp(gateway.port);
        expect((await requestOn(socket, absolute('/once'))).status).toBe(200);
        return socket;
      },
    ],
    [
      'that was refused for want of a token and says nothing more',
      async () => {
        const socket = await openTcp(gateway.port);
        expect((await requestOn(socket, 'GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n')).status).toBe(407);
        return socket;
      },
    ],
    ['that opens a tunnel and says nothing more', () => tunnelTo(upstream)],
    [
      'that opens a tunnel and begins a handshake only',
      async () => (await tunnelTo(upstream)).on('error', () => undefined),
    ],
    ['that shakes hands in its tunnel and says nothing more', () => inTls()],
    [
      'that has sent a request through its tunnel and says nothing more',
      async () => {
        const tls = await inTls();
        expect((await requestOn(tls, 'GET / HTTP/1.1\r\nHost: localhost:' + upstream.port + '\r\n\r\n')).status).toBe(
          200,
        );
        return tls;
      },
    ],
  ])('%s is closed', async (_what, open) => {
    await untilClosed(await open());
  });

  it.each<[string, () => Promise<Socket>]>([
    ['on the port', () => openTcp(gateway.port)],
    ['inside a tunnel', () => tunnelTo(plain)],
    ['inside TLS', () => inTls()],
    [
      'inside TLS, after another request',
      async () => {
        const tls = await inTls();
        await requestOn(tls, `GET / HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
        return tls;
      },
    ],
  ])('that drips a head %s is answered 408 and closed, however it goes on', async (_where, open) => {
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\n');
    const said = await untilClosed(drip(socket, 'X: y\r\n'));
    expect(parseAnswer(said)).toMatchObject({ status: 408, headers: { 'x-onecli-refusal': 'request_timeout' } });
  });
});

describe('a body', () => {
  it('in which the agent falls silent is answered 408, and the connection closes', async () => {
    const tls = await inTls();
    tls.write(`POST / HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nContent-Length: 100\r\n\r\nhalf`);
    const said = await untilClosed(tls);
    expect(parseAnswer(said)).toMatchObject({ status: 408, headers: { 'x-onecli-refusal': 'request_timeout' } });
  });

  it('that goes on, however slowly, is not cut off', async () => {
    const tls = await inTls();
    tls.write(`POST / HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nContent-Length: 12\r\n\r\n`);
    for (let i = 0; i < 12; i += 1) {
      await delay(200);
      tls.write('x');
    }
    expect(await readAnswer(tls)).toMatchObject({ status: 200, body: expect.stringContaining('"xxxxxxxxxxxx"') });
    tls.destroy();
  });

  it.each(['POST', 'HEAD'])(
    'of a %s that was refused holds the connection no longer than a body may be silent',
    async (method) => {
      const rule = await gateway.aRule({ name: 'No', hostPattern: 'localhost', pathPattern: '/no', action: 'block' });
      const tls = await inTls();
      tls.write(`${method} /no HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nContent-Length: 1000\r\n\r\nhalf`);
      expect(parseAnswer(await untilClosed(drip(tls, 'x'))).status).toBe(403);
      await gateway.rest('DELETE', `/v1/rules/${rule.id}`);
    },
  );
});

/** Waits for the gateway to notice that others have closed. */
async function admitted<T extends { status: number }>(open: () => Promise<T>): Promise<T> {
  let opened = await open();
  for (let tries = 0; opened.status !== 200 && tries < 50; tries += 1) {
    await delay(10);
    opened = await open();
  }
  return opened;
}

describe("an agent's open connections", () => {
  it.each<[string, () => Promise<{ status: number; socket: Socket }>]>([
    ['tunnels', () => openTunnel(gateway.port, `localhost:${upstream.port}`, gateway.agent.accessToken)],
    [
      'connections in absolute-form',
      async () => {
        const socket = await openTcp(gateway.port);
        const { status } = await requestOn(socket, absolute('/'));
        return { status, socket };
      },
    ],
  ])('are bounded as %s; other agents have theirs, and those that close make room', async (_what, open) => {
    const other = await gateway.anAgent();
    const held = [await open(), await open(), await open()];
    expect(held.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await open()).status).toBe(429);
    const agent = await connectAgent(gateway, upstream, other.accessToken);
    expect(await agent.send('GET /other')).toMatchObject({ status: 200 });
    agent.close();
    held.pop()?.socket.destroy();
    const again = await admitted(open);
    expect(again.status).toBe(200);
    for (const { socket } of [...held, again]) socket.destroy();
    await delay(50);
  });
});

it('leaf certificates in memory are bounded, however many hosts are asked for', async () => {
  for (let i = 0; i < 25; i += 1) {
    const host = `host-${i}.example`;
    const { socket } = await admitted(() => openTunnel(gateway.port, `${host}:443`, gateway.agent.accessToken));
    (await secure(socket, host, gateway.ca)).destroy();
  }
  expect(gateway.app.get(LeafCertificates, { strict: false }).size).toBe(10);
});
