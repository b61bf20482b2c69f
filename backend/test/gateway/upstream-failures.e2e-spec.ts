import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw, parseAnswer, readQuiet, type RawAnswer } from '../support/raw-client.js';
import { startUpstream, tlsOptions } from '../support/upstream.js';
import { makeKeyPair, makeLeaf, makeRoot } from '../../src/authority/certificates.js';

let gateway: TestGateway;
const servers: Server[] = [];

beforeAll(async () => {
  gateway = await startGateway({
    GATEWAY_CONNECT_TIMEOUT: '600',
    GATEWAY_RESPONSE_TIMEOUT: '600',
    GATEWAY_BODY_TIMEOUT: '600',
    GATEWAY_ALLOW_PRIVATE: 'localhost,127.0.0.1,wrong.localhost',
  });
});

afterAll(async () => {
  await gateway.close();
  for (const server of servers) server.close();
});

/** A server that does with each connection what the test says. */
async function serve(onSocket: (socket: Socket) => void, secure = false): Promise<number> {
  const server = secure ? createTlsServer(tlsOptions(), onSocket) : createServer(onSocket);
  servers.push(server);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const onRequest =
  (answer: (socket: Socket) => void) =>
  (socket: Socket): void => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  };

async function ask(url: string, method = 'GET'): Promise<RawAnswer> {
  const head = `${method} ${url} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${gateway.agent.accessToken}\r\n`;
  return parseAnswer(await exchangeRaw(gateway.port, `${head}Connection: close\r\n\r\n`, 1500));
}

/** The refusal as an agent reads it. */
async function refusalOf(url: string): Promise<Record<string, unknown>> {
  const answer = await ask(url);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-onecli-refusal': expect.any(String) });
  return { status: answer.status, retry: answer.headers['x-should-retry'], ...(JSON.parse(answer.body) as object) };
}

describe('an upstream', () => {
  it('whose name does not exist is 502 upstream_unresolved', async () => {
    expect(await refusalOf('http://nosuch.invalid/')).toMatchObject({
      status: 502,
      error: 'upstream_unresolved',
      host: 'nosuch.invalid',
      message: expect.stringContaining('nosuch.invalid'),
    });
  });

  it('that refuses the connection is 502 upstream_unreachable, worth a retry', async () => {
    const port = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await refusalOf(`http://localhost:${port}/`)).toMatchObject({
      status: 502,
      error: 'upstream_unreachable',
      retry: 'true',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('that never finishes the TLS handshake is 504 upstream_timeout', async () => {
    const port = await serve(() => undefined);
    expect(await refusalOf(`https://localhost:${port}/`)).toMatchObject({
      status: 504,
      error: 'upstream_timeout',
      timeout: 'connect',
    });
  });

  it('that speaks no TLS is 502 with the reason', async () => {
    const port = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await refusalOf(`https://localhost:${port}/`)).toMatchObject({ status: 502, error: 'upstream_unreachable' });
  });

  it('with a certificate of an unknown authority is 502 upstream_tls_untrusted', async () => {
    const [root, keys] = [makeRoot(new Date()), makeKeyPair()];
    const leaf = makeLeaf({ root, host: 'localhost', now: new Date(), publicPoint: keys.publicPoint });
    const key = keys.privateKey.export<{ type: 'pkcs8'; format: 'pem' }>({ type: 'pkcs8', format: 'pem' });
    const server = createTlsServer({ cert: leaf.certificatePem, key });
    servers.push(server);
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await refusalOf(`https://localhost:${port}/`)).toMatchObject({
      status: 502,
      error: 'upstream_tls_untrusted',
      message: expect.stringContaining('GATEWAY_EXTRA_CA_CERTS'),
    });
  });

  it('with a certificate for another name is 502 upstream_tls_untrusted', async () => {
    const port = await serve(() => undefined, true);
    expect(await refusalOf(`https://127.0.0.1:${port}/`)).toMatchObject({
      error: 'upstream_tls_untrusted',
      reason: 'its certificate is for another name',
    });
  });

  it('that does not answer in time is 504 upstream_timeout', async () => {
    const port = await serve(onRequest(() => undefined));
    expect(await refusalOf(`http://localhost:${port}/`)).toMatchObject({
      status: 504,
      error: 'upstream_timeout',
      timeout: 'response',
    });
  });

  it.each([
    ['closes before it answers', (socket: Socket) => socket.end()],
    ['resets before it answers', (socket: Socket) => socket.resetAndDestroy()],
    ['answers with something else than HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n')],
    [
      'answers with two lengths',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    ],
    [
      'answers with a head beyond all bounds',
      (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\n${`X: ${'y'.repeat(1000)}\r\n`.repeat(400)}\r\n`),
    ],
  ])('that %s is 502', async (_what, answer) => {
    const port = await serve(onRequest(answer));
    expect(await refusalOf(`http://localhost:${port}/`)).toMatchObject({
      status: 502,
      error: expect.stringMatching(/^upstream_(protocol_error|unreachable)$/),
    });
  });

  it.each([
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['closes', (socket: Socket) => socket.end()],
    ['falls silent', () => undefined],
  ])('that %s in the middle of its answer breaks the agent off as well', async (_what, end) => {
    const port = await serve(
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
        setTimeout(() => end(socket), 50);
      }),
    );
    const { openTcp } = await import('../support/raw-client.js');
    const socket = await openTcp(gateway.port);
    socket.write(
      `GET http://localhost:${port}/half HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${gateway.agent.accessToken}\r\n\r\n`,
    );
    let closed = false;
    socket.once('close', () => (closed = true));
    const text = await readQuiet(socket, 2500);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*half$/);
    expect(closed).toBe(true);
  });

  it('that answers early and closes without reading the body is heard', async () => {
    const port = await serve((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () =>
        socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig'),
      );
    });
    const { openTcp } = await import('../support/raw-client.js');
    const socket = await openTcp(gateway.port);
    socket.on('error', () => undefined);
    socket.write(
      `POST http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nProxy-Authorization: Bearer ${gateway.agent.accessToken}\r\n\r\nabc`,
    );
    expect(await readQuiet(socket, 500)).toMatch(/^HTTP\/1\.1 413 Too Large[\s\S]*big$/);
    socket.destroy();
  });
});

describe('a pooled connection that turns out to be closed', () => {
  it('costs an idempotent request a second try, and no other request', async () => {
    let requests = 0;
    const port = await serve((socket) => {
      let first = true;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        requests += 1;
        if (!first) {
          socket.resetAndDestroy();
          return;
        }
        first = false;
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    expect((await ask(`http://localhost:${port}/warm`)).status).toBe(200);
    // The connection is in the pool now; its second request is reset.
    const retried = await ask(`http://localhost:${port}/again`);
    expect([retried.status, retried.body, requests]).toEqual([200, 'ok', 3]);
    const refused = await ask(`http://localhost:${port}/write`, 'POST');
    // It may have had its effect: nobody is told to send it again.
    expect([refused.status, refused.headers['x-should-retry'], requests]).toEqual([502, 'false', 4]);
  });
});

describe('after all of this', () => {
  it('the gateway lives on, and every exchange is in the log with its refusal', async () => {
    const upstream = await startUpstream();
    const agent = await connectAgent(gateway, upstream);
    expect((await agent.send('GET /fine')).status).toBe(200);
    agent.close();
    await upstream.close();
    const entries = await gateway.requests(10, 'decision=failed');
    expect(new Set(entries.map((entry) => entry.refusal))).toEqual(
      new Set([
        'upstream_unresolved',
        'upstream_unreachable',
        'upstream_timeout',
        'upstream_tls_untrusted',
        'upstream_protocol_error',
      ]),
    );
  });
});
