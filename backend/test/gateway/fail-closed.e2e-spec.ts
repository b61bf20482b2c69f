import { jest } from '@jest/globals';
import { Client } from 'pg';
import { RequestLogRecorder } from '../../src/audit/request-log.recorder.js';
import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { openTunnel } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let gateway: TestGateway;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.close();
});
afterAll(() => upstream.close());

describe('no egress', () => {
  it('without a record, where the installation would rather refuse', async () => {
    gateway = await startGateway({ AUDIT_SPOOL_FULL: 'refuse' });
    const agent = await connectAgent(gateway, upstream);
    expect(await agent.send('GET /recorded')).toMatchObject({ status: 200 });
    const full = jest
      .spyOn(gateway.app.get(RequestLogRecorder, { strict: false }), 'full', 'get')
      .mockReturnValue(true);
    expect(await agent.send('GET /unrecorded')).toMatchObject({
      status: 503,
      headers: { 'x-onecli-refusal': 'audit_unavailable', 'retry-after': '5', 'x-should-retry': 'true' },
    });
    full.mockReturnValue(false);
    expect(await agent.send('GET /recorded-again')).toMatchObject({ status: 200 });
    expect(upstream.arrived.map(({ url }) => url)).toEqual(['/recorded', '/recorded-again']);
    agent.close();
  });

  it('while a project has a rule that restricts and cannot be read', async () => {
    gateway = await startGateway();
    const before = upstream.connections;
    const database = new Client({ connectionString: gateway.databaseUrl });
    await database.connect();
    const { id } = await gateway.aRule({ name: 'Stop', hostPattern: 'example.com', action: 'block' });
    const agent = await connectAgent(gateway, upstream);
    const asked = async (wanted: number) => {
      for (let tries = 0; tries < 400; tries += 1) {
        const { status } = await agent.send('GET /x');
        if (status === wanted) return status;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return undefined;
    };
    const broken = `with broken as (update rule set host_pattern = $1 where id = $2 returning project_id)
      update project set policy_revision = policy_revision + 1 from broken where id = project_id`;
    await database.query(broken, ['**.not a host', id]);
    expect(await asked(503)).toBe(503);
    const after = upstream.connections;
    expect(await agent.send('GET /x')).toMatchObject({ headers: { 'x-onecli-refusal': 'policy_unavailable' } });
    expect(upstream.connections).toBe(after);
    await database.query(broken, ['example.com', id]);
    expect(await asked(200)).toBe(200);
    expect(upstream.connections).toBeGreaterThan(before);
    await database.end();
    agent.close();
  });
});

describe('the number of open tunnels', () => {
  it('is bounded for each agent, and one that closes makes room', async () => {
    gateway = await startGateway({ GATEWAY_MAX_TUNNELS_PER_AGENT: '2' });
    const other = await gateway.anAgent();
    const authority = `localhost:${upstream.port}`;
    const open = (token = gateway.agent.accessToken) => openTunnel(gateway.port, authority, token);
    const [first, second] = [await open(), await open()];
    const third = await open();
    expect(third).toMatchObject({
      status: 429,
      head: expect.stringContaining('X-OneCLI-Refusal: too_many_connections'),
    });
    expect(third.head).toContain('Retry-After: 1');
    const others = await open(other.accessToken);
    expect([first.status, second.status, others.status]).toEqual([200, 200, 200]);
    first.socket.destroy();
    let again = await open();
    for (let tries = 0; again.status !== 200 && tries < 100; tries += 1) again = await open();
    expect(again.status).toBe(200);
    for (const { socket } of [second, third, others, again]) socket.destroy();
  });
});
