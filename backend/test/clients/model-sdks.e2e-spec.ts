import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import { API_HOST, startClientGateway } from './client-gateway.js';
import { ClientHome, ways } from './client-process.js';
import { program } from './http-clients.js';
import { startModelUpstream, WORDS, type ModelUpstream } from './model-upstream.js';

jest.setTimeout(120_000);

const REAL = { anthropic: 'sk-ant-api03-the-real-key', openai: 'sk-proj-the-real-key' };

/** A vendor's package, what its environment says beside the container config, and where its credential has to arrive. */
const SDKS = [
  {
    sdk: '@anthropic-ai/sdk',
    file: 'anthropic.mjs',
    path: '/v1/messages',
    base: (origin: string) => ({ ANTHROPIC_BASE_URL: origin }),
    field: 'x-api-key',
    value: REAL.anthropic,
    secret: 'Anthropic key',
    refusal: /^403 The rule “No models today” forbids this request/,
    streams: [{ mode: 'stream', path: '/v1/messages' }],
  },
  {
    sdk: 'openai',
    file: 'openai.mjs',
    path: '/v1/chat/completions',
    base: (origin: string) => ({ OPENAI_BASE_URL: `${origin}/v1` }),
    field: 'authorization',
    value: `Bearer ${REAL.openai}`,
    secret: 'OpenAI key',
    // The package takes what it finds under `error` and drops the rest.
    refusal: /^403 "blocked_by_policy"$/,
    streams: [
      { mode: 'stream', path: '/v1/chat/completions' },
      { mode: 'stream-responses', path: '/v1/responses' },
    ],
  },
];

describe("model vendors' packages", () => {
  let gateway: TestGateway;
  let upstream: ModelUpstream;
  let home: ClientHome;

  beforeAll(async () => {
    home = await ClientHome.made();
    gateway = await startClientGateway();
    upstream = await startModelUpstream();
    await gateway.anAgent({ name: 'Thinker', identifier: 'thinker' });
    // Each vendor has a host of its own; here paths of one host stand in for them.
    // prettier-ignore
    for (const pathPattern of ['/v1/chat/*', '/v1/responses']) await gateway.aSecret({ name: 'OpenAI key', type: 'openai',
      value: REAL.openai, hostPattern: API_HOST, pathPattern });
    // prettier-ignore
    await gateway.aSecret({ name: 'Anthropic key', type: 'anthropic', value: REAL.anthropic, hostPattern: API_HOST, pathPattern: '/v1/messages' });
  });
  afterAll(async () => {
    await upstream.close();
    await gateway.close();
    await home.remove();
  });
  beforeEach(() => upstream.arrived.splice(0));

  const lines = (stdout: string): unknown[] =>
    stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  const both = ways(
    () => gateway,
    () => home,
  );

  describe.each(SDKS)('$sdk', ({ file, path, base, field, value, secret, refusal, streams }) => {
    function expectRealCredential(at: string): void {
      expect(upstream.arrived.map(({ url }) => url)).toEqual([at]);
      expect(upstream.arrived[0]?.headers).toMatchObject({ [field]: value, host: `${API_HOST}:${upstream.port}` });
      expect(JSON.stringify(upstream.arrived[0]?.headers)).not.toContain('placeholder');
    }

    it.each(both)('asks $name', async ({ run }) => {
      const outcome = await run('thinker', [process.execPath, program(file), 'whole'], { env: base(upstream.origin) });
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(lines(outcome.stdout)).toEqual([{ text: WORDS.join('') }]);
      expectRealCredential(path);
      expect(outcome.stdout).not.toContain('real-key');
      const [entry] = await gateway.requests(1, `q=${encodeURIComponent(path)}`);
      expect(entry).toMatchObject({
        agentName: 'Thinker',
        method: 'POST',
        host: API_HOST,
        status: 200,
        secretNames: [secret],
      });
    });

    describe.each(streams)('$mode', ({ mode, path: at }) => {
      // The upstream keeps the rest back until the client has printed the first word: a gateway that collects never gets there.
      it.each(both)('reads an answer as it is written, $name', async ({ run }) => {
        upstream.hold();
        let early = '';
        const outcome = await run('thinker', [process.execPath, program(file), mode], {
          env: base(upstream.origin),
          onStdout: (text) => {
            if (early === '') early = text;
            upstream.release();
          },
        });
        expect(outcome).toMatchObject({ code: 0, stderr: '' });
        expect(lines(early)).toEqual([{ text: WORDS[0] }]);
        expect(lines(outcome.stdout)).toEqual([...WORDS.map((text) => ({ text })), { end: true }]);
        expectRealCredential(at);
      });
    });

    it('fails at once, in its own words, when a limit is reached', async () => {
      // prettier-ignore
      const rule = await gateway.aRule({ name: 'One more', hostPattern: API_HOST, pathPattern: path, action: 'rate_limit',
        rateLimit: 1, rateLimitWindow: 'day' });
      const ask = async (): Promise<unknown> => {
        const outcome = await both[0].run('thinker', [process.execPath, program(file), 'whole'], {
          env: base(upstream.origin),
        });
        return lines(outcome.stdout)[0];
      };
      expect(await ask()).toEqual({ text: WORDS.join('') });
      expect(await ask()).toMatchObject({ name: 'RateLimitError', status: 429 });
      // Both packages ask twice more after a 429, unless x-should-retry forbids it.
      const limited = await gateway.requests(1, `decision=rate_limited&ruleId=${rule.id}`);
      expect(limited).toHaveLength(1);
      expect(limited[0]).toMatchObject({ agentName: 'Thinker', refusal: 'rate_limited', status: 429, secretNames: [] });
      await gateway.rest('DELETE', `/v1/rules/${rule.id}`);
      await gateway.served();
    });

    it('hands on why a rule forbids the request', async () => {
      const rule = await gateway.aRule({ name: 'No models today', hostPattern: API_HOST, action: 'block' });
      const outcome = await both[0].run('thinker', [process.execPath, program(file), 'whole'], {
        env: base(upstream.origin),
      });
      await gateway.rest('DELETE', `/v1/rules/${rule.id}`);
      await gateway.served();
      const [failure] = lines(outcome.stdout);
      expect(failure).toMatchObject({
        name: 'PermissionDeniedError',
        status: 403,
        message: expect.stringMatching(refusal),
      });
      expect(upstream.arrived).toEqual([]);
    });
  });
});
