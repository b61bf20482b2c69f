import { connectAgent, type AgentConnection } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let gateway: TestGateway;
let upstream: Upstream;
let agent: AgentConnection;

beforeAll(async () => {
  [gateway, upstream] = await Promise.all([startGateway(), startUpstream()]);
  agent = await connectAgent(gateway, upstream);
  await gateway.aRule({ name: 'No deletes', hostPattern: 'localhost', method: 'DELETE', action: 'block' });
  await gateway.aRule({ name: 'No payouts', hostPattern: 'localhost', pathPattern: '/v1/payouts/*', action: 'block' });
  await gateway.aRule({
    name: 'Also allowed',
    hostPattern: 'localhost',
    pathPattern: '/v1/payouts/ok',
    action: 'allow',
  });
});

afterAll(async () => {
  agent.close();
  await gateway.close();
  await upstream.close();
});

describe('a block rule', () => {
  it('answers 403 with what an agent needs to know, and nothing goes out', async () => {
    const [connections, arrived] = [upstream.connections, upstream.arrived.length];
    const answer = await agent.send('GET /v1/payouts/po_1');
    expect(answer.status).toBe(403);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-onecli-refusal': 'blocked_by_policy',
      'x-should-retry': 'false',
    });
    expect(JSON.parse(answer.body)).toEqual({
      error: 'blocked_by_policy',
      message: expect.stringContaining('No payouts'),
      rule_name: 'No payouts',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect([upstream.connections, upstream.arrived.length]).toEqual([connections, arrived]);
  });

  it('wins over an allow rule, whichever came first', async () => {
    expect((await agent.send('GET /v1/payouts/ok')).status).toBe(403);
  });

  it('leaves the connection usable', async () => {
    expect((await agent.send('DELETE /a')).status).toBe(403);
    expect((await agent.send('GET /a')).status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const answer = await agent.send('HEAD /v1/payouts/po_1');
    expect(answer.status).toBe(403);
    expect(answer.body).toBe('');
  });

  // gateway.md, section 3: restrictive rules match the widened form and the claimed method.
  it.each([
    ['GET /v1/PAYOUTS/po_1', []],
    ['GET /v1//payouts/po_1', []],
    ['GET //v1/payouts/po_1', []],
    ['GET /v1/payouts/po_1/', []],
    ['GET /v1%2Fpayouts/po_1', []],
    ['GET /v1%2fpayouts%2Fpo_1', []],
    ['GET /v1/payouts;x=1/po_1', []],
    ['GET /v1/payouts/po_1;v=2', []],
    ['GET /v1/%70ayouts/po_1', []],
    ['GET /v1/payouts', []],
    ['GET /v1/payouts?x=/a', []],
    ['POST /a', ['X-HTTP-Method-Override: DELETE']],
    ['POST /a', ['X-Http-Method: delete']],
    ['POST /a', ['X-Method-Override: PUT, DELETE']],
    ['POST /a', ['x-http-method-override: PUT', 'X-HTTP-Method-Override: DELETE']],
  ])('is not escaped by %s %j', async (requestLine, lines) => {
    const arrived = upstream.arrived.length;
    const answer = await agent.send(requestLine, lines);
    expect(answer.status).toBe(403);
    expect(upstream.arrived.length).toBe(arrived);
  });

  it.each(['GET /v1/payoutsx', 'GET /v2/payouts/a', 'GET /a?path=/v1/payouts/x', 'POST /a'])(
    'does not stretch to %s',
    async (requestLine) => {
      expect((await agent.send(requestLine)).status).toBe(200);
    },
  );
});

describe('a target that can be read in two ways', () => {
  it.each([
    'GET /v1/../v1/payouts/x',
    'GET /v1/./payouts',
    'GET /v1/%2e%2e/x',
    'GET /v1/%2E/x',
    'GET /v1/..%2Fx',
    'GET /v1/x%5C..%5Cy',
    'GET /v1\\payouts',
    'GET /v1/%00',
    'GET /v1/%0a',
    'GET /v1/%zz',
    'GET /v1/..',
  ])('is refused, not repaired: %s', async (requestLine) => {
    const arrived = upstream.arrived.length;
    const answer = await agent.send(requestLine);
    expect([requestLine, answer.status]).toEqual([requestLine, 400]);
    expect(answer.headers['x-onecli-refusal']).toMatch(/ambiguous_path|malformed_(target|request)/);
    expect(upstream.arrived.length).toBe(arrived);
    agent.close();
    agent = await connectAgent(gateway, upstream);
  });
});

describe('what is forwarded', () => {
  it.each([
    '/@scope%2Fpackage',
    '/api/v4/projects/group%2Fproject/repository',
    '/bucket/key%20with%20spaces/%E2%9C%93',
    '/a//b///c',
    '/lower%2fcase%c3%a9',
    '/semi;colon;v=1/x',
    '/tilde~%7E',
    '/?q=a%20b&c=%2F..%2F&empty=&q=again',
    '/path?',
    "/!$&'()*+,=:@",
  ])('is the very target that was sent: %s', async (target) => {
    const answer = await agent.send(`GET ${target}`);
    expect(answer.status).toBe(200);
    expect(upstream.arrived.at(-1)?.url).toBe(target);
  });
});

describe('the default policy', () => {
  it('deny refuses what no rule allows, and says where to allow it', async () => {
    await gateway.aRule({ name: 'Open', hostPattern: 'localhost', pathPattern: '/open/*', action: 'allow' });
    await gateway.rest('PATCH', '/v1/policy/default', { defaultPolicy: 'deny' });
    await gateway.served();
    const answer = await agent.send('GET /elsewhere');
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'blocked_by_default_policy',
      console_url: expect.stringContaining('http'),
    });
    expect((await agent.send('GET /open/x')).status).toBe(200);
    // An allow rule opens the exact form only.
    expect((await agent.send('GET /OPEN/x')).status).toBe(403);
    expect((await agent.send('GET //open/x')).status).toBe(403);
    await gateway.rest('PATCH', '/v1/policy/default', { defaultPolicy: 'allow' });
    await gateway.served();
  });

  it('deny of one agent is stricter than its project', async () => {
    const strict = await gateway.anAgent();
    await gateway.rest('PATCH', `/v1/agents/${strict.id}`, { defaultPolicy: 'deny' });
    await gateway.served();
    const connection = await connectAgent(gateway, upstream, strict.accessToken);
    expect((await connection.send('GET /elsewhere')).status).toBe(403);
    expect((await agent.send('GET /elsewhere')).status).toBe(200);
    connection.close();
  });
});

describe('a rule for one agent', () => {
  it('concerns that agent only', async () => {
    const other = await gateway.anAgent();
    await gateway.aRule({
      name: 'Not you',
      hostPattern: '*',
      pathPattern: '/private',
      agentId: other.id,
      action: 'block',
    });
    const connection = await connectAgent(gateway, upstream, other.accessToken);
    expect((await connection.send('GET /private')).status).toBe(403);
    expect((await agent.send('GET /private')).status).toBe(200);
    connection.close();
  });
});
