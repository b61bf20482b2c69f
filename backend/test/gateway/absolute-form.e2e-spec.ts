import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw, openTcp, parseAnswer, requestOn } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let gateway: TestGateway;
let upstream: Upstream;
let plain: Upstream;

beforeAll(async () => {
  [gateway, upstream, plain] = await Promise.all([startGateway(), startUpstream(), startUpstream({ scheme: 'http' })]);
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), plain.close()]);
});

const auth = (): string => `Proxy-Authorization: Bearer ${gateway.agent.accessToken}\r\n`;
const ask = async (target: string, host = 'ignored.test', method = 'GET') =>
  parseAnswer(
    await exchangeRaw(
      gateway.port,
      `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${auth()}Connection: close\r\n\r\n`,
    ),
  );

describe('a request in absolute-form', () => {
  it('goes to its authority over plain HTTP, what follows the authority untouched, with the Host of its target', async () => {
    const answer = await ask(`${plain.origin}/a%2Fb?q=%20`);
    expect(answer.status).toBe(200);
    expect(plain.arrived.at(-1)).toMatchObject({ url: '/a%2Fb?q=%20', headers: { host: `localhost:${plain.port}` } });
  });

  it('goes over TLS when it says https, as axios sends it', async () => {
    expect((await ask(`${upstream.origin}/x`)).status).toBe(200);
    expect(upstream.arrived.at(-1)?.url).toBe('/x');
  });

  it('asks for the root when it has no path', async () => {
    expect((await ask(plain.origin)).status).toBe(200);
    expect(plain.arrived.at(-1)?.url).toBe('/');
    expect((await ask(`${plain.origin}?q=1`)).status).toBe(200);
    expect(plain.arrived.at(-1)?.url).toBe('/?q=1');
  });

  it('keeps its connection for the next one', async () => {
    const socket = await openTcp(gateway.port);
    const request = (path: string): string => `GET ${plain.origin}${path} HTTP/1.1\r\nHost: x\r\n${auth()}\r\n`;
    expect((await requestOn(socket, request('/1'))).status).toBe(200);
    expect((await requestOn(socket, request('/2'))).status).toBe(200);
    socket.destroy();
  });

  it.each([
    ['http://user:pw@localhost/', 'malformed_target'],
    ['http:///path', 'malformed_target'],
    ['http://localhost:99999/', 'malformed_target'],
    ['http://0x7f000001/', 'malformed_target'],
    ['http://2130706433/', 'malformed_target'],
    ['http://127.1/', 'malformed_target'],
    ['http://localhost/#f', 'malformed_target'],
    ['ftp://localhost/', 'malformed_target'],
    ['http://localhost/a/../b', 'ambiguous_path'],
  ])('is refused when it reads %s', async (target, code) => {
    const answer = await ask(target);
    expect([answer.status, answer.headers['x-onecli-refusal']]).toEqual([400, code]);
  });
});

describe('the port itself', () => {
  it.each(['/', '/v1/agents', '*'])('says how to use it when asked for %s', async (target) => {
    const answer = await ask(target, 'localhost', target === '*' ? 'OPTIONS' : 'GET');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'not_a_proxy_request',
      message: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  it('answers health checks without a token', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const answer = parseAnswer(
        await exchangeRaw(gateway.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      expect(answer.status).toBe(200);
    }
  });

  it.each(['TRACE', 'TRACK'])('does not pass %s on', async (method) => {
    const arrived = plain.arrived.length;
    const answer = await ask(`${plain.origin}/`, 'x', method);
    expect(plain.arrived.length).toBe(arrived);
    // Node's parser does not know TRACK at all.
    expect(answer.status).toBe(method === 'TRACE' ? 405 : 400);
  });
});
