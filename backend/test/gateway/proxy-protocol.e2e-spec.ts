import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startGateway, type TestGateway } from '../support/gateway.js';
import {
  exchangeRaw,
  openTcp,
  parseAnswer,
  readAnswer,
  readQuiet,
  requestOn,
  secure,
  type RawAnswer,
} from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const CLIENT = '203.0.113.9';
const LINE = `PROXY TCP4 ${CLIENT} 192.0.2.1 40000 10255\r\n`;
const block = Buffer.from([203, 0, 113, 9, 192, 0, 2, 1, 0x9c, 0x40, 0x28, 0x0f]);
const v2 = (command: number, family: number, bytes = block): Buffer =>
  Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a', 'hex'), Buffer.of(command, family, 0, bytes.length), bytes]);

let gateway: TestGateway;
let upstream: Upstream;
let secureUpstream: Upstream;

beforeAll(async () => {
  [upstream, secureUpstream] = await Promise.all([startUpstream({ scheme: 'http' }), startUpstream()]);
  gateway = await startGateway({
    GATEWAY_TRUSTED_PROXIES: '127.0.0.1, 192.0.2.0/24',
    GATEWAY_HEADER_TIMEOUT: '500',
    GATEWAY_AUTH_FAILURES_PER_MINUTE: '2',
  });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), secureUpstream.close()]);
});

const get = (path: string, token = gateway.agent.accessToken): Buffer =>
  Buffer.from(
    `GET http://localhost:${upstream.port}${path} HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nProxy-Authorization: Bearer ${token}\r\n\r\n`,
  );
const connectLine = (port: number): string =>
  `CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\nProxy-Authorization: Bearer ${gateway.agent.accessToken}\r\n\r\n`;
const ask = async (...parts: (string | Buffer)[]): Promise<RawAnswer> =>
  parseAnswer(await exchangeRaw(gateway.port, Buffer.concat(parts.map((part) => Buffer.from(part)))));
/** The client address under which the request log has the path. */
const loggedClient = async (path: string): Promise<string | null> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const entry = (await gateway.requests(1)).find((one) => one.path === path);
    if (entry !== undefined) return entry.clientAddress;
    await delay(20);
  }
  throw new Error(`${path} is not in the request log`);
};
/** From an address that is not trusted. */
const fromElsewhere = (bytes: Buffer): Promise<string> => {
  const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
  socket.write(bytes);
  return readQuiet(socket, 500).finally(() => socket.destroy());
};

describe('a connection of a trusted proxy', () => {
  it.each<[string, string | Buffer, string]>([
    ['in text', LINE, CLIENT],
    ['in binary', v2(0x21, 0x11), CLIENT],
    ['that speaks for the proxy itself', v2(0x20, 0x00, Buffer.alloc(0)), '127.0.0.1'],
    ['that does not know', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
  ])('with a header %s is the address in it', async (what, header, address) => {
    const path = `/${what.replaceAll(' ', '-')}`;
    expect(await ask(header, get(path))).toMatchObject({ status: 200 });
    expect(await loggedClient(path)).toBe(address);
  });

  it('may send its header in pieces, and the request right behind it', async () => {
    const socket = await openTcp(gateway.port);
    socket.setNoDelay(true);
    for (const piece of ['PRO', 'XY TCP4 203.0.113.9 192.0.2.1 4', '0000 10255\r', '\nGET http']) {
      socket.write(piece);
      await delay(20);
    }
    const answer = await requestOn(socket, get('/pieces').subarray('GET http'.length));
    expect(answer.status).toBe(200);
    expect((await requestOn(socket, get('/again'))).status).toBe(200);
    socket.destroy();
    expect(await loggedClient('/pieces')).toBe(CLIENT);
    expect(await loggedClient('/again')).toBe(CLIENT);
  });

  it('carries tunnels, of TLS and of plain HTTP, and a header is expected once only', async () => {
    const tunnelTo = async (port: number): Promise<Socket> => {
      const socket = await openTcp(gateway.port);
      socket.write(LINE + connectLine(port));
      expect((await readAnswer(socket, true)).status).toBe(200);
      return socket;
    };
    const tls = await secure(await tunnelTo(secureUpstream.port), 'localhost', gateway.ca);
    const inside = (path: string, port: number): string => `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
    expect((await requestOn(tls, inside('/in-tls', secureUpstream.port))).status).toBe(200);
    tls.destroy();
    const plain = await tunnelTo(upstream.port);
    expect((await requestOn(plain, inside('/in-plain', upstream.port))).status).toBe(200);
    plain.destroy();
    expect(await loggedClient('/in-tls')).toBe(CLIENT);
    expect(await loggedClient('/in-plain')).toBe(CLIENT);
  });

  it.each([
    ['no header', ''],
    ['a broken one', 'PROXY TCP4 203.0.113.999 192.0.2.1 1 2\r\n'],
  ])('with %s is malformed, whoever would be asking', async (_what, header) => {
    const before = upstream.arrived.length;
    const answer = await ask(header, get('/guessed'));
    expect(answer).toMatchObject({ status: 400, headers: { 'x-onecli-refusal': 'malformed_request' } });
    expect(answer.body).toContain('GATEWAY_TRUSTED_PROXIES');
    expect(answer.body).not.toContain('203.0.113');
    expect(upstream.arrived).toHaveLength(before);
  });

  it('that does not finish its header in time is closed', async () => {
    const socket = await openTcp(gateway.port);
    let sent = 0;
    const dripping = setInterval(() => socket.write(LINE.charAt(sent++)), 200);
    const answer = parseAnswer(await readQuiet(socket, 3000));
    clearInterval(dripping);
    socket.destroy();
    expect(answer).toMatchObject({ status: 408, headers: { 'x-onecli-refusal': 'request_timeout' } });
  });

  it('that comes and goes without a word, as health checks do, harms nobody', async () => {
    for (let i = 0; i < 20; i += 1) (await openTcp(gateway.port)).destroy();
    expect(await ask(LINE, get('/after'))).toMatchObject({ status: 200 });
    expect(gateway.logged()).not.toMatch(/"level":[56]0/);
  });
});

describe('a connection of anybody else', () => {
  it('is served as it comes', async () => {
    expect(parseAnswer(await fromElsewhere(get('/elsewhere'))).status).toBe(200);
    expect(await loggedClient('/elsewhere')).toBe('127.0.0.2');
  });

  it.each<[string, string | Buffer]>([
    ['text', LINE],
    ['binary', v2(0x21, 0x11)],
  ])('that sends a header in %s is malformed', async (_what, header) => {
    const answer = parseAnswer(await fromElsewhere(Buffer.concat([Buffer.from(header), get('/forged')])));
    expect(answer).toMatchObject({ status: 400, headers: { 'x-onecli-refusal': 'malformed_request' } });
    expect(upstream.arrived.some(({ url }) => url === '/forged')).toBe(false);
  });
});

it('wrong tokens are counted for the address in the header, not for the proxy', async () => {
  const guess = async (address: string): Promise<number> =>
    (await ask(`PROXY TCP4 ${address} 192.0.2.1 1 2\r\n`, get('/', 'aoc_wrong'))).status;
  expect([await guess('203.0.113.1'), await guess('203.0.113.1'), await guess('203.0.113.1')]).toEqual([407, 407, 429]);
  expect(await guess('203.0.113.2')).toBe(407);
});
