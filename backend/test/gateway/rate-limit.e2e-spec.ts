import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let gateway: TestGateway;
let upstream: Upstream;

beforeAll(async () => {
  [gateway, upstream] = await Promise.all([startGateway(), startUpstream()]);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const limit = (path: string, rateLimit: number) => ({
  name: `Limit ${path}`,
  hostPattern: 'localhost',
  pathPattern: path,
  action: 'rate_limit' as const,
  rateLimit,
  rateLimitWindow: 'day' as const,
});

describe('a rate-limit rule', () => {
  it('answers 429 at once over the limit, with when to come back', async () => {
    await gateway.aRule(limit('/one', 2));
    const agent = await connectAgent(gateway, upstream);
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await agent.send('GET /one')).status);
    expect(statuses).toEqual([200, 200, 429]);
    const arrived = upstream.arrived.length;
    const answer = await agent.send('GET /one');
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'rate_limited',
      limit: 2,
      window: 'day',
      rule_name: 'Limit /one',
    });
    const secondsToMidnight = 86_400 - Math.floor((Date.now() % 86_400_000) / 1000);
    expect(Math.abs(Number(answer.headers['retry-after']) - secondsToMidnight)).toBeLessThanOrEqual(2);
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(upstream.arrived.length).toBe(arrived);
    agent.close();
  });

  it('is exact under concurrency and counts each agent by itself', async () => {
    await gateway.aRule(limit('/many', 10));
    const [one, two] = [await gateway.anAgent(), await gateway.anAgent()];
    const ask = async (token: string): Promise<number> => {
      const agent = await connectAgent(gateway, upstream, token);
      const { status } = await agent.send('GET /many');
      agent.close();
      return status;
    };
    const statuses = await Promise.all(
      [one, two].flatMap((agent) => Array.from({ length: 20 }, () => ask(agent.accessToken))),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  });

  it('counts spellings of the same path as one', async () => {
    await gateway.aRule(limit('/spelt/x', 2));
    const agent = await connectAgent(gateway, upstream);
    const statuses = [];
    for (const path of ['/spelt/x', '/SPELT/x', '//spelt/x', '/spelt%2Fx'])
      statuses.push((await agent.send(`GET ${path}`)).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    agent.close();
  });

  it('opens what the default policy would deny', async () => {
    const strict = await gateway.anAgent();
    await gateway.rest('PATCH', `/v1/agents/${strict.id}`, { defaultPolicy: 'deny' });
    await gateway.aRule({ ...limit('/metered', 1), agentId: strict.id });
    const agent = await connectAgent(gateway, upstream, strict.accessToken);
    expect([(await agent.send('GET /metered')).status, (await agent.send('GET /metered')).status]).toEqual([200, 429]);
    expect((await agent.send('GET /unmetered')).status).toBe(403);
    agent.close();
  });
});

describe('counts', () => {
  it('survive a restart', async () => {
    const { RateLimitCounts } = await import('../../src/rules/rate-limit-counts.js');
    const { KeptCounters } = await import('../../src/gateway/rate-limit/kept-counters.js');
    const rule = await gateway.aRule(limit('/kept', 1));
    const agent = await connectAgent(gateway, upstream);
    expect((await agent.send('GET /kept')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const stored = await gateway.app.get(RateLimitCounts, { strict: false }).load();
    expect(stored).toContainEqual(expect.objectContaining({ ruleId: rule.id, count: 1 }));
    const { counters } = new KeptCounters(gateway.app.get(RateLimitCounts, { strict: false }), undefined as never);
    counters.restore(stored);
    const asked = [{ ruleId: rule.id, limit: 1, windowMs: 86_400_000 }];
    expect(counters.take(asked, gateway.agent.id, Date.now())).toBeDefined();
    agent.close();
  });
});
