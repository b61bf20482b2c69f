import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw, openTunnel, parseAnswer } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let gateway: TestGateway;
let upstream: Upstream;

beforeAll(async () => {
  [gateway, upstream] = await Promise.all([
    startGateway({ GATEWAY_AUTH_FAILURES_PER_MINUTE: '25' }),
    startUpstream({ scheme: 'http' }),
  ]);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const ask = async (authorization: string | undefined) =>
  parseAnswer(
    await exchangeRaw(
      gateway.port,
      `GET ${upstream.origin}/ HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n` +
        `${authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`}Connection: close\r\n\r\n`,
    ),
  );

describe('proxy authentication', () => {
  it('takes the token as the password, as the user name without a password, and as a bearer token', async () => {
    const token = gateway.agent.accessToken;
    for (const value of [
      basic(`x:${token}`),
      basic(`${token}:`),
      `Bearer ${token}`,
      `bEaReR ${token}`,
      basic(`agent:${token}`),
    ]) {
      expect((await ask(value)).status).toBe(200);
    }
  });

  it('never forwards the token', () => {
    expect(upstream.arrived.length).toBeGreaterThan(0);
    expect(JSON.stringify(upstream.arrived)).not.toContain(gateway.agent.accessToken);
    expect(JSON.stringify(upstream.arrived).toLowerCase()).not.toContain('proxy-authorization');
  });

  it.each([
    ['missing', undefined],
    ['unknown', basic('x:aoc_unknown')],
    ['malformed', 'Basic !!!'],
    ['of another scheme', 'Digest abc'],
    ['empty', basic(':')],
  ])('answers 407 when the token is %s, and lets nothing out', async (_what, value) => {
    const before = upstream.connections;
    const answer = await ask(value);
    expect(answer.status).toBe(407);
    expect(answer.headers).toMatchObject({
      'proxy-authenticate': 'Basic realm="OneCLI Gateway"',
      'content-type': 'application/json',
      'x-onecli-refusal': 'proxy_auth_required',
      'x-should-retry': 'false',
    });
    expect(JSON.parse(answer.body)).toEqual({
      error: 'proxy_auth_required',
      message: expect.any(String),
      request_id: expect.any(String),
    });
    expect(upstream.connections).toBe(before);
  });

  it('refuses a CONNECT in the same way', async () => {
    const { status, head } = await openTunnel(gateway.port, 'localhost:443', 'aoc_wrong');
    expect(status).toBe(407);
    expect(head).toContain('Proxy-Authenticate: Basic realm="OneCLI Gateway"');
  });

  it('refuses a token that has expired', async () => {
    const agent = await gateway.anAgent({ expiresAt: new Date(Date.now() + 400).toISOString() });
    expect((await ask(basic(`x:${agent.accessToken}`))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect((await ask(basic(`x:${agent.accessToken}`))).status).toBe(407);
  });

  it('throttles wrong tokens per address, not missing ones, and never a right one', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 30; i += 1) statuses.add((await ask(basic(`x:aoc_guess${i}`))).status);
    expect([...statuses]).toEqual([407, 429]);
    const refused = await ask(basic('x:aoc_guess'));
    expect(refused.headers['x-onecli-refusal']).toBe('too_many_auth_failures');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(undefined)).status).toBe(407);
    expect((await ask(basic(`x:${gateway.agent.accessToken}`))).status).toBe(200);
  });

  it('writes no token into the log', () => {
    expect(gateway.logged()).not.toContain(gateway.agent.accessToken);
    expect(gateway.logged()).not.toContain('aoc_guess');
  });
});
