import { connect, type TLSSocket } from 'node:tls';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { openTcp, openTunnel, readQuiet, requestOn, secure } from '../support/raw-client.js';
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

const get = (path: string, host: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

describe('a tunnel', () => {
  it('is intercepted with a certificate for its host, and the request reaches the upstream as it was sent', async () => {
    const authority = `localhost:${upstream.port}`;
    const { status, socket } = await openTunnel(gateway.port, authority, gateway.agent.accessToken);
    expect(status).toBe(200);
    const tls = await secure(socket, 'localhost', gateway.ca);
    expect(tls.getPeerCertificate().subjectaltname).toBe('DNS:localhost');
    const answer = await requestOn(
      tls,
      `POST /v1/%2Fa?b=c HTTP/1.1\r\nHost: ${authority}\r\nX-Case: Kept\r\nContent-Length: 2\r\n\r\nhi`,
    );
    expect(answer.status).toBe(200);
    expect(upstream.arrived.at(-1)).toMatchObject({ method: 'POST', url: '/v1/%2Fa?b=c', body: 'hi' });
    expect(upstream.arrived.at(-1)?.rawHeaders).toContain('X-Case');
    tls.destroy();
  });

  it('carries one request after another on one connection', async () => {
    const authority = `localhost:${upstream.port}`;
    const { socket } = await openTunnel(gateway.port, authority, gateway.agent.accessToken);
    const tls = await secure(socket, 'localhost', gateway.ca);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await requestOn(tls, get(`/${i}`, authority))).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    tls.destroy();
  });

  it('serves plain HTTP to its authority when HTTP comes through it', async () => {
    const authority = `localhost:${plain.port}`;
    const { socket } = await openTunnel(gateway.port, authority, gateway.agent.accessToken);
    const answer = await requestOn(socket, get('/inside', authority));
    expect(answer.status).toBe(200);
    expect(plain.arrived.at(-1)?.url).toBe('/inside');
    socket.destroy();
  });

  it('does not lose bytes that arrive together with the CONNECT', async () => {
    const authority = `localhost:${plain.port}`;
    const auth = Buffer.from(`x:${gateway.agent.accessToken}`).toString('base64');
    const socket = await openTcp(gateway.port);
    socket.write(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${auth}\r\n\r\n${get('/early', authority)}`,
    );
    const text = await readQuiet(socket, 300);
    expect(text).toMatch(/^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(plain.arrived.at(-1)?.url).toBe('/early');
    socket.destroy();
  });

  it('closes, recorded, when neither TLS nor HTTP comes through it', async () => {
    const { socket } = await openTunnel(gateway.port, 'garbage.test:443', gateway.agent.accessToken);
    socket.write(Buffer.from([0, 1, 2, 3]));
    expect(await readQuiet(socket, 300)).toBe('');
    const [entry] = await gateway.requests(1, 'host=garbage.test');
    expect(entry).toMatchObject({ protocol: 'tunnel', refusal: 'malformed_request', decision: 'refused', port: 443 });
  });

  it('ends the handshake with unrecognized_name when the SNI names another host', async () => {
    const { socket } = await openTunnel(gateway.port, `localhost:${upstream.port}`, gateway.agent.accessToken);
    await expect(secure(socket, 'elsewhere.test', gateway.ca)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    });
  });

  it.each([
    ['another host', (port: number) => `elsewhere.test:${port}`],
    ['another port', () => 'localhost:1'],
    ['no port where one is needed', () => 'localhost'],
  ])('refuses a request whose Host field names %s', async (_what, hostOf) => {
    const { socket } = await openTunnel(gateway.port, `localhost:${upstream.port}`, gateway.agent.accessToken);
    const tls = await secure(socket, 'localhost', gateway.ca);
    const before = upstream.connections + upstream.arrived.length;
    const answer = await requestOn(tls, get('/', hostOf(upstream.port)));
    expect(answer.status).toBe(421);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'misdirected_request' });
    expect(upstream.connections + upstream.arrived.length).toBe(before);
    tls.destroy();
  });

  it('does not open another tunnel inside', async () => {
    const authority = `localhost:${upstream.port}`;
    const { socket } = await openTunnel(gateway.port, authority, gateway.agent.accessToken);
    const tls = await secure(socket, 'localhost', gateway.ca);
    const answer = await requestOn(tls, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    expect(answer.status).toBe(405);
  });

  it('resumes TLS sessions with the agent', async () => {
    const authority = `localhost:${upstream.port}`;
    const open = async (session?: Buffer): Promise<{ reused: boolean; session: Buffer | undefined }> => {
      const { socket } = await openTunnel(gateway.port, authority, gateway.agent.accessToken);
      let ticket: Buffer | undefined;
      const tls = await new Promise<TLSSocket>((resolve, reject) => {
        const opened = connect(
          { socket, servername: 'localhost', ca: gateway.ca, ...(session ? { session } : {}) },
          () => resolve(opened),
        );
        opened.once('error', reject);
        opened.on('session', (given: Buffer) => (ticket = given));
      });
      await requestOn(tls, get('/', authority));
      const reused = tls.isSessionReused();
      tls.destroy();
      return { reused, session: ticket };
    };
    const first = await open();
    expect(first.reused).toBe(false);
    expect((await open(first.session)).reused).toBe(true);
  });

  it('is refused when its target cannot be read in one way only', async () => {
    const targets = [
      'localhost',
      'user@localhost:443',
      'localhost:0',
      'localhost:65536',
      '0x7f.1:443',
      '127.1:443',
      ':443',
      'a b:443',
    ];
    for (const target of targets) {
      const { status, head } = await openTunnel(gateway.port, target, gateway.agent.accessToken);
      expect([target, status]).toEqual([target, 400]);
      expect(head).toMatch(/X-OneCLI-Refusal: malformed_(target|request)/);
    }
  });
});
