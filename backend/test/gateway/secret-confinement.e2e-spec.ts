import { zstdDecompressSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { Routes } from '../../src/admin/http/routes.js';
import { SecretValue } from '../../src/crypto/secret-value.js';
import { SecretVault } from '../../src/secrets/secret-vault.js';
import { connectAgent } from '../support/agent-client.js';
import { foundIn } from '../support/confidential.js';
import { exchangeRaw, openTunnel, readQuiet } from '../support/raw-client.js';
import { databaseText, directoryText } from '../support/stored-text.js';
import { closedPort } from '../support/unruly-upstream.js';
import type { Arrived } from '../support/upstream.js';
import { CANARY, NAME, ROTATED, sqlOf, startCanaryGateway, type CanaryGateway } from './canary-gateway.js';

let canary: CanaryGateway;
let { gateway, upstream, plain, secretId } = {} as CanaryGateway;
/** Refusals as the agent read them, what was printed, and every state of the spool that was seen. */
const answers: string[] = [];
const printed: string[] = [];
const spooled = new Map<string, string>();

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    jest
      .spyOn(stream, 'write')
      .mockImplementation((chunk) => (printed.push(Buffer.from(chunk).toString('latin1')), true));
  }
  process.on('warning', (warning) => printed.push(String(warning.stack)));
  canary = await startCanaryGateway();
  ({ gateway, upstream, plain, secretId } = canary);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await canary.close();
});

type Port = { readonly port: number };

/** One request through a tunnel of its own. */
async function send(to: Port, requestLine: string, lines: readonly string[] = [], body?: string) {
  const agent = await connectAgent(gateway, to);
  const answer = await agent.send(requestLine, lines, body);
  agent.close();
  return answer;
}

/** The same, answered by the gateway itself; the answer is kept for the search. */
async function refused(to: Port, requestLine: string, lines: readonly string[] = [], body?: string) {
  const answer = await send(to, requestLine, lines, body);
  answers.push(answer.raw);
  return [answer.status, (JSON.parse(answer.body) as { error: string }).error];
}

async function keepSpool(): Promise<void> {
  for (const [path, text] of await directoryText(gateway.dataDir)) spooled.set(path, text);
}

const valuesAndKeysIn = (text: string): readonly string[] => foundIn(text, canary.confidential);
const anythingIn = (text: string): readonly string[] => foundIn(text, [...canary.confidential, canary.token]);

/** Jobs carry their lines as Zstandard in base64. */
function unpackedJobs(rows: string): string {
  const jobs = [...rows.matchAll(/zstd"+: *"+([A-Za-z0-9+/=]+)"/g)];
  return jobs.map(([, packed = '']) => zstdDecompressSync(Buffer.from(packed, 'base64')).toString('utf8')).join('\n');
}

/** Changes a row behind the control plane's back and has the gateway read it. */
async function tamper(change: string, values: unknown[]): Promise<void> {
  await sqlOf(gateway, change, values);
  await sqlOf(
    gateway,
    `with changed as (update project set policy_revision = policy_revision + 1 returning id, policy_revision)
     select pg_notify('policy_changed', id || ':' || policy_revision) from changed`,
  );
  await gateway.served();
}

describe('a request with a secret', () => {
  afterEach(keepSpool);

  it('carries the value to its upstream in every place that it has', async () => {
    await send(upstream, 'GET /places/x');
    const [{ url, headers }] = upstream.arrived.slice(-1) as [Arrived];
    expect(Buffer.from(String(headers['x-canary']), 'latin1').toString('utf8')).toBe(CANARY);
    expect(Buffer.from(String(headers.authorization).slice('Basic '.length), 'base64').toString('utf8')).toBe(
      `alice:${CANARY}`,
    );
    expect(url).toContain(`key=${encodeURIComponent(CANARY).replaceAll("'", '%27')}`);
    expect(decodeURIComponent(url)).toContain(`/places/${CANARY}`);
    expect(valuesAndKeysIn(JSON.stringify([url, headers]))).toEqual(['the value']);
  });

  it('gets back unchanged what an upstream echoes of it', async () => {
    const { raw } = await send(canary.unruly.echoing, 'GET /echo');
    expect(raw).toMatch(/^HTTP\/1.1 401 /);
    expect(valuesAndKeysIn(raw)).toEqual(['the value']);
  });

  it.each([
    ['reset', 502, 'upstream_unreachable'],
    ['silent', 504, 'upstream_timeout'],
    ['unreadable', 502, 'upstream_protocol_error'],
    ['badField', 502, 'upstream_protocol_error'],
    ['badStatus', 502, 'upstream_protocol_error'],
    ['untrusted', 502, 'upstream_tls_untrusted'],
    ['deaf', 504, 'upstream_timeout'],
  ] as const)('fails at an upstream that is %s', async (name, status, code) => {
    const to = canary.unruly[name];
    expect(await refused(to, 'GET /places/secret?q=1')).toEqual([status, code]);
    expect(await refused(to, 'POST /places/secret', [], 'body')).toEqual([status, code]);
  });

  it('fails at an upstream that is down, that has no name, and that breaks off', async () => {
    expect(await refused({ port: await closedPort() }, 'GET /down')).toEqual([502, 'upstream_unreachable']);
    await expect(send(canary.unruly.brokenOff, 'GET /broken-off')).resolves.toMatchObject({
      status: 200,
    });
  });

  it('is blocked and limited without a secret being opened', async () => {
    const opened = jest.spyOn(gateway.app.get(SecretVault, { strict: false }), 'open');
    expect(await refused(upstream, 'GET /blocked')).toEqual([403, 'blocked_by_policy']);
    expect(opened).not.toHaveBeenCalled();
    await send(upstream, 'GET /limited');
    expect(opened).toHaveBeenCalledTimes(1);
    expect(await refused(upstream, 'GET /limited')).toEqual([429, 'rate_limited']);
    expect(opened).toHaveBeenCalledTimes(1);
    opened.mockRestore();
  });

  it('goes over plain HTTP without it', async () => {
    const auth = `Proxy-Authorization: Bearer ${gateway.agent.accessToken}`;
    answers.push(
      await exchangeRaw(
        gateway.port,
        `GET http://localhost:${plain.port}/plain HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
      ),
    );
    expect(plain.arrived).toHaveLength(1);
    expect(anythingIn(JSON.stringify(plain.arrived))).toEqual([]);
  });

  it('may be left by the agent in the middle of an upload', async () => {
    const agent = await connectAgent(gateway, upstream);
    agent.tls.write(`POST /upload HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nContent-Length: 100000\r\n\r\npart`);
    await gateway.served();
    agent.close();
  });

  it('is refused when its value was altered, moved from another secret, or must not be sent', async () => {
    const victim = await gateway.aSecret({
      ...{ name: `${NAME} altered`, type: 'generic', value: CANARY, hostPattern: 'localhost', pathPattern: '/altered' },
      injectionConfig: { headerName: 'X-Altered' },
    });
    const arrived = upstream.arrived.length;
    const change = 'update secret set sealed_value = $2 where id = $1';
    const [row] = await sqlOf(gateway, 'select sealed_value from secret where id = $1', [victim.id]);
    const sealed = row?.['sealed_value'] as Buffer;
    const flipped = Buffer.from(sealed);
    flipped[flipped.length - 20] = (flipped[flipped.length - 20] ?? 0) ^ 1;
    const [other] = await sqlOf(gateway, 'select sealed_value from secret where id = $1', [secretId]);
    const unsendable = gateway.app
      .get(SecretVault, { strict: false })
      .seal(victim.id, new SecretValue(`${CANARY}\n${ROTATED}`));
    for (const value of [flipped, other?.['sealed_value'], unsendable, Buffer.from('nonsense')]) {
      await tamper(change, [victim.id, value]);
      const answer = await send(upstream, 'GET /altered');
      answers.push(answer.raw);
      // Why, is for the log: an agent cannot mend it.
      const message = 'The gateway failed on this request; it was not sent.';
      expect(JSON.parse(answer.body)).toEqual({ error: 'internal_error', message, request_id: expect.any(String) });
    }
    await tamper('delete from secret where id = $1', [victim.id]);
    expect(upstream.arrived).toHaveLength(arrived);
    expect(await send(upstream, 'GET /altered')).toMatchObject({ status: 200 });
  });
});

describe('an access token', () => {
  afterEach(keepSpool);
  const basic = (): string => Buffer.from(`x:${gateway.agent.accessToken}`).toString('base64');

  it('comes back from no request that is refused, wherever it stands in it', async () => {
    const { accessToken } = gateway.agent;
    const auth = `Proxy-Authorization: Basic ${basic()}`;
    const requests = [
      `GET http://x:${accessToken}@localhost/ HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
      `CONNECT x:${accessToken}@localhost:443 HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
      `GET /?token=${accessToken} HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
      `GET http://localhost:${plain.port}/?token=${accessToken} HTTP/1.1\r\nHost: x\r\n${auth} x\r\n\r\n`,
      `GET http://localhost:${plain.port}/ HTTP/1.1\r\nHost: x\r\n${auth}\r\n${auth}\r\n\r\n`,
      `GET http://localhost:${plain.port}/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Digest ${accessToken}\r\n\r\n`,
      `GET http://localhost:${plain.port}/ HTTP/1.1\r\nHost : ${accessToken}\r\n${auth}\r\n\r\n`,
      `GET http://localhost:${plain.port}/ HTTP/1.1\r\nHost: x\r\n${auth}\r\nX: ${accessToken}\u0000\r\n\r\n`,
      `GET http://localhost:${plain.port}/ HTTP/1.1\r\nHost: x\r\n${auth}\r\nX: ${accessToken.repeat(500)}\r\n\r\n`,
      `${accessToken} http://localhost/ HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
      `GET http://${accessToken}.example.invalid/a b HTTP/1.1\r\n\r\n`,
      `GET http://localhost/../${accessToken} HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
    ];
    for (const request of requests) {
      const answer = await exchangeRaw(gateway.port, request);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      answers.push(answer);
    }
  });

  it('comes back from no tunnel that gets neither TLS nor HTTP', async () => {
    const { socket } = await openTunnel(gateway.port, `localhost:${upstream.port}`, gateway.agent.accessToken);
    socket.write(`\u0000${gateway.agent.accessToken}`);
    answers.push(await readQuiet(socket, 300));
    socket.destroy();
  });

  it('goes to no upstream', async () => {
    await send(upstream, 'GET /to-upstream', [`Proxy-Authorization: Basic ${basic()}`]);
    expect(upstream.arrived.at(-1)?.url).toBe('/to-upstream');
    expect(foundIn(JSON.stringify(upstream.arrived), [canary.token])).toEqual([]);
  });
});

describe('the control plane', () => {
  it('repeats no value that stands where it does not belong', async () => {
    const generic = {
      name: 'Wrong',
      type: 'generic',
      value: CANARY,
      hostPattern: 'localhost',
      injectionConfig: { headerName: 'X' },
    };
    const bodies: unknown[] = [
      { ...generic, value: [CANARY] },
      { ...generic, value: { deep: CANARY } },
      { ...generic, [CANARY]: 1 },
      { ...generic, injectionConfig: { [CANARY]: CANARY } },
      { ...generic, injectionConfig: CANARY },
      { ...generic, injectionConfig: { headerName: CANARY } },
      { ...generic, injectionConfig: { headerName: 'X', valueFormat: CANARY } },
      { ...generic, injectionConfig: { pathTemplate: CANARY } },
      { ...generic, value: CANARY.repeat(2000) },
      { ...generic, value: `${CANARY}\n` },
      { ...generic, value: `${CANARY}\u0000` },
      { ...generic, value: `${CANARY}\ud800` },
      { ...generic, type: CANARY },
      { ...generic, hostPattern: CANARY },
      { ...generic, pathPattern: CANARY },
      { ...generic, allowPlainHttp: CANARY },
      [generic],
      CANARY,
      JSON.stringify(CANARY),
      `{"value":"${CANARY}`,
      `{"value":"${CANARY}"}}`,
      `${JSON.stringify(generic)}${CANARY}`,
    ];
    for (const body of bodies) {
      for (const [method, path] of [
        ['POST', '/v1/secrets'],
        ['PATCH', `/v1/secrets/${secretId}`],
      ] as const) {
        const answer = await gateway.rest(method, path, body);
        expect([path, answer.status, valuesAndKeysIn(JSON.stringify([answer.body, [...answer.headers]]))]).toEqual([
          path,
          400,
          [],
        ]);
      }
    }
    const headers = {
      'Content-Type': CANARY.replaceAll(/[^\w-]/g, ''),
      'If-Match': `"${CANARY.replaceAll(/[^\w-]/g, '')}"`,
    };
    for (const body of [generic, JSON.stringify(generic)]) {
      const { status, body: text } = await gateway.rest('PATCH', `/v1/secrets/${secretId}`, body, headers);
      expect([status >= 400, valuesAndKeysIn(JSON.stringify(text))]).toEqual([true, []]);
    }
  });

  it('rotates a value without keeping the one before', async () => {
    expect(await gateway.rest('PATCH', `/v1/secrets/${secretId}`, { value: ROTATED })).toMatchObject({ status: 200 });
    await gateway.served();
    await send(upstream, 'GET /rotated');
    expect(upstream.arrived.at(-1)?.headers['x-canary']).toBe(ROTATED);
  });

  it('answers no call with a value or a key, and with the token only where agents are set up', async () => {
    const [entry] = await gateway.requests(25);
    const ids: Record<string, string> = { secrets: secretId, agents: gateway.agent.id, requests: entry?.id ?? '' };
    const rules = await gateway.rest('GET', '/v1/rules');
    ids['rules'] = rules.body[0].id;
    const gets = gateway.app
      .get(Routes, { strict: false })
      .all()
      .filter(({ method, path }) => method === 'GET' && !path.endsWith('/stream'));
    const shown: string[] = [];
    for (const { path } of gets) {
      const now = new Date();
      const query = path.endsWith('/stats')
        ? `?from=${new Date(now.getTime() - 3600_000).toISOString()}&to=${now.toISOString()}&bucket=60`
        : '';
      const answer = await gateway.rest('GET', path.replace(':id', ids[path.split('/')[2] ?? ''] ?? '') + query);
      const text = JSON.stringify([answer.body, [...answer.headers]]);
      expect([path, answer.status, valuesAndKeysIn(text)]).toEqual([path, 200, []]);
      if (foundIn(text, [canary.token]).length > 0) shown.push(path);
    }
    expect(shown).toEqual(['/v1/container-config']);
    expect(JSON.stringify((await gateway.rest('GET', '/v1/audit-events?limit=500')).body)).toContain(NAME);
  });
});

describe('where they must not be', () => {
  it('is not the event stream', async () => {
    const seen: unknown[] = [];
    for (let event = await canary.events.next(2000); event !== undefined; event = await canary.events.next(500))
      seen.push(event.data);
    expect(JSON.stringify(seen)).toContain(NAME);
    expect(anythingIn(JSON.stringify(seen))).toEqual([]);
  });

  it('is no answer of the gateway itself', () => {
    expect(answers.length).toBeGreaterThan(30);
    expect(answers.join('\n')).toContain(NAME);
    expect(anythingIn(answers.join('\n'))).toEqual([]);
  });

  it('is no spool, no queue, and nothing that the gateway leaves when it ends with a request running', async () => {
    const waiting = send(canary.unruly.silent, 'GET /at-the-end').catch(() => undefined);
    await gateway.requests(25);
    await gateway.app.close();
    await waiting;
    await keepSpool();
    expect([...spooled.values()].join('\n')).toContain(NAME);
    for (const [path, text] of spooled) expect([path, anythingIn(text)]).toEqual([path, []]);
  });

  it('is no table', async () => {
    const tables = new Map(await databaseText(gateway.databaseUrl));
    tables.set('jobs of the queue, unpacked', unpackedJobs(tables.get('public.queue_history') ?? ''));
    for (const name of ['public.audit_event', 'public.request_log', 'public.secret', 'jobs of the queue, unpacked']) {
      expect([name, tables.get(name)?.includes(NAME)]).toEqual([name, true]);
    }
    expect([...tables.keys()].filter((name) => name.startsWith('bullmq.')).length).toBeGreaterThan(0);
    for (const [name, text] of tables) expect([name, anythingIn(text)]).toEqual([name, []]);
  });

  it('is no file of the database server', async () => {
    await sqlOf(gateway, 'checkpoint');
    const [row] = await sqlOf(gateway, 'show data_directory');
    const files = await directoryText(String(row?.['data_directory']));
    let named = 0;
    for (const [path, text] of files) {
      if (text.includes(NAME)) named += 1;
      expect([path, valuesAndKeysIn(text)]).toEqual([path, []]);
    }
    expect(named).toBeGreaterThan(0);
  });

  it('is no log line at the most talkative level, and nothing that was printed', () => {
    const logged = gateway.logged();
    for (const control of [NAME, '/v1/secrets', 'InjectionRefused', 'SealedValueError'])
      expect(logged).toContain(control);
    for (const text of [logged, printed.join('\n')]) expect(anythingIn(text)).toEqual([]);
  });
});
