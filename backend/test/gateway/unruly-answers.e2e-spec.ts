import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw, openTcp, parseAnswer, readQuiet, type RawAnswer } from '../support/raw-client.js';

let gateway: TestGateway;
const servers: Server[] = [];

beforeAll(async () => {
  gateway = await startGateway({ GATEWAY_CONNECT_TIMEOUT: '1000' });
});

afterAll(async () => {
  await gateway.close();
  for (const server of servers) server.close();
});

/** A server that gives each request the same raw answer. */
async function answering(raw: string | ((socket: Socket) => void)): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => (typeof raw === 'string' ? socket.write(Buffer.from(raw, 'latin1')) : raw(socket)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const requestLine = (port: number, method = 'GET', version = '1.1'): string =>
  `${method} http://localhost:${port}/ HTTP/${version}\r\nHost: x\r\nProxy-Authorization: Bearer ${gateway.agent.accessToken}\r\n`;
const ask = async (port: number, method?: string, version?: string): Promise<RawAnswer> =>
  parseAnswer(await exchangeRaw(gateway.port, `${requestLine(port, method, version)}Connection: close\r\n\r\n`));

describe('an answer that is odd but readable', () => {
  it.each([
    ['in Latin-1', 'Introuvabl\xe9'],
    ['in UTF-8', Buffer.from('成功').toString('latin1')],
  ])('with a reason phrase %s reaches the agent, and nobody else notices', async (_what, reason) => {
    const port = await answering(`HTTP/1.1 404 ${reason}\r\nContent-Length: 2\r\n\r\nno`);
    expect(await ask(port)).toMatchObject({ status: 404, body: 'no' });
    expect((await ask(port)).status).toBe(404);
  });

  it.each([
    ['GET', '1.1', 'Trailer: X-Sum\r\nContent-Length: 2\r\n\r\nok'],
    ['HEAD', '1.1', 'Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['GET', '1.0', 'Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: a\r\n\r\n'],
  ])(
    'that announces trailers which cannot follow is passed on without them: %s HTTP/%s',
    async (method, version, rest) => {
      const answer = await ask(await answering(`HTTP/1.1 200 OK\r\n${rest}`), method, version);
      expect([answer.status, answer.headers['trailer']]).toEqual([200, undefined]);
    },
  );

  it('says nothing in its trailers that only the gateway says', async () => {
    const chunks = '2\r\nok\r\n0\r\nX-Sum: a\r\nX-OneCLI-Refusal: blocked_by_policy\r\n\r\n';
    const answer = await ask(await answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`));
    expect(answer.raw).toMatch(/0\r\nX-Sum: a\r\n\r\n$/);
    expect(answer.raw).not.toContain('blocked_by_policy');
  });

  it('of 204 has no length', async () => {
    const answer = await ask(await answering('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nETag: "x"\r\n\r\n'));
    expect([answer.status, answer.headers['content-length'], answer.headers['etag']]).toEqual([204, undefined, '"x"']);
  });
});

describe('an upstream that never comes to its answer', () => {
  it('is left after a few interim ones, which could fill memory', async () => {
    const port = await answering((socket) => {
      const more = setInterval(() => socket.write('HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n'.repeat(100)), 5);
      socket.once('close', () => clearInterval(more));
    });
    const text = await exchangeRaw(gateway.port, `${requestLine(port)}Connection: close\r\n\r\n`);
    expect(text.match(/HTTP\/1\.1 103/g)).toHaveLength(16);
    expect(text).toMatch(/HTTP\/1\.1 502 [\s\S]*upstream_protocol_error/);
  });

  it('does not make the next requests to it wait one after another', async () => {
    const port = await answering(() => undefined);
    const started = Date.now();
    const https = (path: string): string =>
      requestLine(port).replace('http://', 'https://').replace('/ HTTP', `${path} HTTP`);
    const sockets = await Promise.all([1, 2, 3, 4, 5].map(() => openTcp(gateway.port)));
    const answers = await Promise.all(
      sockets.map((socket) => {
        socket.write(`${https('/')}Connection: close\r\n\r\n`);
        return readQuiet(socket, 2500);
      }),
    );
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 504 /);
    // All of them had their own second to connect; one after another they would need five.
    expect(Date.now() - started).toBeLessThan(4500);
  });
});

describe('pipelined requests', () => {
  it('get no interim answer between the head and the body of a final one', async () => {
    const slow = await answering((socket) =>
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 100),
    );
    const early = await answering(
      'HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    const expecting = `${requestLine(early, 'POST')}Expect: 100-continue\r\n\r\n`;
    const text = await exchangeRaw(gateway.port, `${requestLine(slow)}\r\n${requestLine(early)}\r\n${expecting}`, 1000);
    const heads = text.split(/(?<=ok)/).filter((answer) => answer !== '');
    for (const answer of heads)
      expect(answer.replace(/^(HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)*/, '')).toMatch(
        /^HTTP\/1\.1 200 OK\r\n(\S+: .*\r\n)+\r\nok$/,
      );
    expect(heads).toHaveLength(3);
  });
});

describe('an agent with more requests than it may have running', () => {
  it('is refused the rest at once, and served again when some have ended', async () => {
    const bounded = await startGateway({ GATEWAY_MAX_EXCHANGES_PER_AGENT: '3', GATEWAY_RESPONSE_TIMEOUT: '700' });
    const silent = await answering(() => undefined);
    const line = (port: number): string =>
      `GET http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${bounded.agent.accessToken}\r\n\r\n`;
    const text = await exchangeRaw(bounded.port, line(silent).repeat(6), 2000);
    expect(text.match(/X-OneCLI-Refusal: \S+/g)).toEqual([
      ...Array<string>(3).fill('X-OneCLI-Refusal: upstream_timeout'),
      'X-OneCLI-Refusal: too_many_connections',
    ]);
    const fine = await answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    expect(await exchangeRaw(bounded.port, line(fine))).toMatch(/^HTTP\/1\.1 200 /);
    await bounded.close();
  });
});

describe('requests in another version of HTTP', () => {
  it.each(['2.0', '0.9', '1.2', '3.0'])('%s are refused', async (version) => {
    const port = await answering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect((await ask(port, 'GET', version)).status).toBe(400);
  });
});
