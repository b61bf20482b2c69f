import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw, openTunnel, parseAnswer, requestOn, secure } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let gateway: TestGateway;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ scheme: 'http' });
  gateway = await startGateway({ GATEWAY_ALLOW_PRIVATE: '' });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = async (host: string, port: number | string = upstream.port) =>
  parseAnswer(
    await exchangeRaw(
      gateway.port,
      `GET http://${host}:${port}/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${gateway.agent.accessToken}\r\nConnection: close\r\n\r\n`,
    ),
  );

describe('the gateway is no way into the network that it stands in', () => {
  it.each([
    'localhost',
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '[fe80::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
  ])('it does not connect to %s', async (host) => {
    const before = upstream.connections;
    const answer = await ask(host);
    expect([host, answer.status, answer.headers['x-onecli-refusal']]).toEqual([host, 403, 'upstream_forbidden']);
    expect(upstream.connections).toBe(before);
  });

  it('nor inside a tunnel, where the agent can read why', async () => {
    const { socket, status } = await openTunnel(gateway.port, '10.0.0.1:443', gateway.agent.accessToken);
    expect(status).toBe(200);
    const tls = await secure(socket, '10.0.0.1', gateway.ca);
    const answer = await requestOn(tls, 'GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n');
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'upstream_forbidden',
      reason: expect.stringContaining('private'),
      setting: 'GATEWAY_ALLOW_PRIVATE=10.0.0.1:443',
    });
    tls.destroy();
  });
});

describe('an allowance', () => {
  it('opens what it names, and never the console, the database or the gateway itself', async () => {
    const open = await startGateway({ GATEWAY_ALLOW_PRIVATE: '127.0.0.0/8,localhost,::1,0.0.0.0' });
    const tls = await startUpstream();
    const agent = await connectAgent(open, tls);
    expect((await agent.send('GET /')).status).toBe(200);
    agent.close();
    const database = new URL(open.databaseUrl).port;
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '[::1]']) {
      for (const port of [open.port, Number(database)]) {
        const answer = parseAnswer(
          await exchangeRaw(
            open.port,
            `GET http://${host}:${port}/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${open.agent.accessToken}\r\nConnection: close\r\n\r\n`,
          ),
        );
        expect([host, port, answer.status, answer.headers['x-onecli-refusal']]).toEqual([
          host,
          port,
          403,
          'upstream_forbidden',
        ]);
      }
    }
    await tls.close();
    await open.close();
  });
});
