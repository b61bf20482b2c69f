import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw, parseAnswer } from '../support/raw-client.js';
import { startUpstream, type Arrived, type Upstream } from '../support/upstream.js';

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

const lastArrived = (): Arrived => {
  const arrived = upstream.arrived.at(-1);
  if (arrived === undefined) throw new Error('nothing arrived');
  return arrived;
};
const valuesOf = (arrived: Arrived, name: string): string[] =>
  arrived.rawHeaders.filter((_value, i) => i % 2 === 1 && arrived.rawHeaders[i - 1]?.toLowerCase() === name);

const send = async (requestLine: string, lines: string[] = [], token?: string) => {
  const agent = await connectAgent(gateway, upstream, token);
  const answer = await agent.send(requestLine, lines);
  agent.close();
  return answer;
};

describe('injection', () => {
  it('replaces what the agent sent in a header, all of it, whatever its case', async () => {
    await gateway.aSecret({
      name: 'Header',
      type: 'generic',
      value: 'real-value-1',
      hostPattern: 'localhost',
      pathPattern: '/header/*',
      injectionConfig: { headerName: 'Authorization', valueFormat: 'Token {value}' },
    });
    await send('GET /header/x', ['AUTHORIZATION: Bearer placeholder', 'authorization: other', 'X-Kept: yes']);
    expect(valuesOf(lastArrived(), 'authorization')).toEqual(['Token real-value-1']);
    expect(valuesOf(lastArrived(), 'x-kept')).toEqual(['yes']);
  });

  it('replaces a query parameter and leaves the others byte for byte', async () => {
    await gateway.aSecret({
      name: 'Query',
      type: 'generic',
      value: 'k&=y /+',
      hostPattern: 'localhost',
      pathPattern: '/query',
      injectionConfig: { paramName: 'api_key' },
    });
    await send('GET /query?a=%2F&api_key=placeholder&b=c%20d&%61pi_key=two');
    const url = new URL(lastArrived().url, 'http://x');
    expect(url.searchParams.getAll('api_key')).toEqual(['k&=y /+']);
    expect(lastArrived().url).toContain('a=%2F');
    expect(lastArrived().url).toContain('b=c%20d');
  });

  it('puts a value into the path where the template says', async () => {
    await gateway.aSecret({
      name: 'Path',
      type: 'generic',
      value: '123:token',
      hostPattern: 'localhost',
      injectionConfig: { pathTemplate: '/bot{value}' },
    });
    await send('GET /botplaceholder/getMe?x=1');
    expect(lastArrived().url).toBe('/bot123:token/getMe?x=1');
    await send('GET /other/getMe');
    expect(lastArrived().url).toBe('/other/getMe');
  });

  it('speaks Basic with the user name given', async () => {
    await gateway.aSecret({
      name: 'Basic',
      type: 'generic',
      value: 'pass:word',
      hostPattern: 'localhost',
      pathPattern: '/basic',
      injectionConfig: { username: 'alice' },
    });
    await send('GET /basic', ['Authorization: Basic cGxhY2Vob2xkZXI=']);
    expect(valuesOf(lastArrived(), 'authorization')).toEqual([
      `Basic ${Buffer.from('alice:pass:word').toString('base64')}`,
    ]);
  });

  it.each([
    ['an API key', 'sk-ant-api03-abc', 'x-api-key', 'sk-ant-api03-abc', 'authorization'],
    ['a token', 'sk-ant-oat01-abc', 'authorization', 'Bearer sk-ant-oat01-abc', 'x-api-key'],
  ])(
    'of an Anthropic secret puts %s into its field and removes the other',
    async (_what, value, field, sent, other) => {
      const path = `/anthropic/${field}`;
      await gateway.aSecret({
        name: `Anthropic ${field}`,
        type: 'anthropic',
        value,
        hostPattern: 'localhost',
        pathPattern: path,
      });
      await send(`POST ${path}`, ['x-api-key: placeholder', 'Authorization: Bearer placeholder']);
      expect(valuesOf(lastArrived(), field)).toEqual([sent]);
      expect(valuesOf(lastArrived(), other)).toEqual([]);
    },
  );

  it('of an OpenAI secret is a bearer token', async () => {
    await gateway.aSecret({
      name: 'OpenAI',
      type: 'openai',
      value: 'sk-proj-1',
      hostPattern: 'localhost',
      pathPattern: '/openai',
    });
    await send('POST /openai', ['Authorization: Bearer placeholder']);
    expect(valuesOf(lastArrived(), 'authorization')).toEqual(['Bearer sk-proj-1']);
  });

  it('takes the most specific secret for a place and names the others in the log', async () => {
    const injectionConfig = { headerName: 'X-Key' };
    await gateway.aSecret({
      name: 'Wide',
      type: 'generic',
      value: 'wide',
      hostPattern: 'localhost',
      pathPattern: '/deep/*',
      injectionConfig,
    });
    await gateway.aSecret({
      name: 'Deep',
      type: 'generic',
      value: 'deep',
      hostPattern: 'localhost',
      pathPattern: '/deep/er/*',
      injectionConfig,
    });
    await send('GET /deep/er/x');
    expect(valuesOf(lastArrived(), 'x-key')).toEqual(['deep']);
    const [entry] = await gateway.requests(1, 'q=/deep/er/x');
    expect(entry).toMatchObject({ secretNames: ['Deep'], outrankedSecretNames: ['Wide'], path: '/deep/er/x' });
    await send('GET /deep/x');
    expect(valuesOf(lastArrived(), 'x-key')).toEqual(['wide']);
  });

  it("does not happen for an agent that the secret is not assigned to, and the upstream's 401 says so", async () => {
    const refusing = await startUpstream({
      answer: (_request, response) => {
        response.writeHead(401, { 'X-OneCLI-Hint': 'forged', 'X-OneCLI-Refusal': 'forged' });
        response.end('who are you');
      },
    });
    const hostPattern = `localhost:${refusing.port}`;
    const agent = await gateway.anAgent();
    await gateway.rest('PATCH', `/v1/agents/${agent.id}/secret-mode`, { mode: 'selective' });
    await gateway.served();
    const bare = await connectAgent(gateway, refusing, agent.accessToken);
    const without = await bare.send('GET /');
    expect([without.status, without.body]).toEqual([401, 'who are you']);
    expect(without.headers['x-onecli-hint']).toBe('credential_not_found');
    expect(without.headers['x-onecli-refusal']).toBeUndefined();
    const secret = await gateway.aSecret({
      name: 'Owned',
      type: 'generic',
      value: 'owned',
      hostPattern,
      injectionConfig: { headerName: 'X-K' },
    });
    const restricted = await bare.send('GET /');
    expect(restricted.headers['x-onecli-hint']).toBe('access_restricted');
    expect(restricted.headers['x-onecli-hint-url']).toMatch(/^http/);
    await gateway.rest('PUT', `/v1/agents/${agent.id}/secrets`, { secretIds: [secret.id] });
    await gateway.served();
    const injected = await bare.send('GET /');
    expect(injected.headers['x-onecli-hint']).toBeUndefined();
    expect(refusing.arrived.at(-1)?.headers['x-k']).toBe('owned');
    bare.close();
    await refusing.close();
  });

  it('does not go over plain HTTP unless the secret says so', async () => {
    const ask = async (path: string): Promise<void> => {
      const auth = Buffer.from(`x:${gateway.agent.accessToken}`).toString('base64');
      const answer = parseAnswer(
        await exchangeRaw(
          gateway.port,
          `GET ${plain.origin}${path} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic ${auth}\r\nX-Plain: placeholder\r\nConnection: close\r\n\r\n`,
        ),
      );
      expect(answer.status).toBe(200);
    };
    const secret = { type: 'generic' as const, hostPattern: 'localhost', injectionConfig: { headerName: 'X-Plain' } };
    await gateway.aSecret({ ...secret, name: 'TLS only', value: 'tls-only', pathPattern: '/tls' });
    await gateway.aSecret({
      ...secret,
      name: 'Anywhere',
      value: 'anywhere',
      pathPattern: '/any',
      allowPlainHttp: true,
    });
    await ask('/tls');
    expect(plain.arrived.at(-1)?.headers['x-plain']).toBe('placeholder');
    await ask('/any');
    expect(plain.arrived.at(-1)?.headers['x-plain']).toBe('anywhere');
  });

  it('keeps order, case and duplicates of all other fields, and drops those of one hop', async () => {
    await send('GET /fields', [
      'B-Second: 1',
      'a-First: 2',
      'B-Second: 3',
      'Connection: keep-alive, X-Hop',
      'X-Hop: gone',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'Proxy-Foo: gone',
      'X-OneCLI-Anything: gone',
      'TE: trailers',
    ]);
    const names = lastArrived().rawHeaders.filter((_name, i) => i % 2 === 0);
    expect(names.filter((name) => /^(b-second|a-first)$/i.test(name))).toEqual(['B-Second', 'a-First', 'B-Second']);
    expect(names.join(' ').toLowerCase()).not.toMatch(/x-hop|proxy-|x-onecli|keep-alive |via/);
    expect(valuesOf(lastArrived(), 'host')).toEqual([`localhost:${upstream.port}`]);
  });
});
