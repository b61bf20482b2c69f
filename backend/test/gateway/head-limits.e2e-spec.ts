import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw, openTcp, openTunnel, parseAnswer, readQuiet, type RawAnswer } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const LIMITS = {
  GATEWAY_MAX_HEADER_BYTES: '8192',
  GATEWAY_MAX_HEADER_FIELDS: '20',
  GATEWAY_MAX_TARGET_BYTES: '1024',
  GATEWAY_HEADER_TIMEOUT: '300',
  GATEWAY_TLS_TIMEOUT: '300',
};

let gateway: TestGateway;
let upstream: Upstream;

beforeAll(async () => {
  [gateway, upstream] = await Promise.all([startGateway(LIMITS), startUpstream({ scheme: 'http' })]);
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const headOf = (path: string, lines: readonly string[] = []): string =>
  [
    `GET http://localhost:${upstream.port}${path} HTTP/1.1`,
    `Host: localhost:${upstream.port}`,
    `Proxy-Authorization: Bearer ${gateway.agent.accessToken}`,
    ...lines,
  ].join('\r\n');
const ask = async (path: string, lines: readonly string[] = []): Promise<RawAnswer> =>
  parseAnswer(await exchangeRaw(gateway.port, `${headOf(path, lines)}\r\n\r\n`));
const detailsOf = ({ status, body }: RawAnswer): unknown => [status, JSON.parse(body)];

describe('a request head', () => {
  it('within every limit passes', async () => {
    const lines = Array.from({ length: 18 }, (_, at) => `X-${at}: ${'v'.repeat(300)}`);
    expect(await ask(`/${'p'.repeat(900)}`, lines)).toMatchObject({ status: 200 });
  });

  it.each([
    ['with too many bytes', () => ask('/x', [`X-Big: ${'v'.repeat(9000)}`]), { limit_bytes: 8192 }],
    [
      'with too many fields',
      () =>
        ask(
          '/x',
          Array.from({ length: 19 }, (_, at) => `X-${at}: v`),
        ),
      { limit_fields: 20 },
    ],
    ['with too long a target', () => ask(`/${'p'.repeat(1100)}`), { limit_bytes: 1024 }],
  ])('%s is 431 headers_too_large, which names the limit, and goes nowhere', async (_what, send, limit) => {
    const before = upstream.arrived.length;
    expect(detailsOf(await send())).toEqual([431, expect.objectContaining({ error: 'headers_too_large', ...limit })]);
    expect(upstream.arrived).toHaveLength(before);
  });

  it('that never ends is 408 request_timeout, however slowly it goes on', async () => {
    const socket = await openTcp(gateway.port);
    socket.write(headOf('/slow'));
    const dripping = setInterval(() => socket.write('\r\nX: y'), 100);
    const answer = parseAnswer(await readQuiet(socket, 4000));
    clearInterval(dripping);
    socket.destroy();
    expect(detailsOf(answer)).toEqual([408, expect.objectContaining({ error: 'request_timeout' })]);
  });

  it('that never ends inside a tunnel is answered there', async () => {
    const { socket } = await openTunnel(gateway.port, `localhost:${upstream.port}`, gateway.agent.accessToken);
    socket.write('GET / HTTP/1.1\r\nHost:');
    const answer = parseAnswer(await readQuiet(socket, 4000));
    socket.destroy();
    expect(detailsOf(answer)).toEqual([408, expect.objectContaining({ error: 'request_timeout' })]);
  });
});

describe('a tunnel', () => {
  it.each([
    ['says nothing', ''],
    ['begins a TLS handshake and never ends it', '\u0016\u0003\u0001\u0002\u0000'],
  ])('that %s is closed', async (_what, bytes) => {
    const { socket } = await openTunnel(gateway.port, `localhost:${upstream.port}`, gateway.agent.accessToken);
    if (bytes !== '') socket.write(Buffer.from(bytes, 'latin1'));
    const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')));
    socket.resume();
    const late = new Promise((resolve) => setTimeout(resolve, 5000, 'still open').unref());
    expect(await Promise.race([closed, late])).toBe('closed');
  });
});

it('a hundred connections that say nothing keep nobody from being served', async () => {
  const silent = await Promise.all(Array.from({ length: 100 }, () => openTcp(gateway.port)));
  for (const socket of silent) socket.on('error', () => undefined).write('GET ');
  const secure = await startUpstream();
  const agent = await connectAgent(gateway, secure);
  expect(await agent.send('GET /served')).toMatchObject({ status: 200 });
  agent.close();
  await secure.close();
  for (const socket of silent) socket.destroy();
});
