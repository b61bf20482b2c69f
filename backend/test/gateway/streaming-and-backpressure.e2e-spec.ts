import { createHash, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { readAnswer } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const MIB = 1024 * 1024;
/** 64 MiB in an ordinary run; the environment asks for more when it is run as a command of its own. */
const TOTAL = Number(process.env['ONECLI_TEST_STREAM_MIB'] ?? 64) * MIB;

let gateway: TestGateway;
const upstreams: Upstream[] = [];

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(async () => {
  await gateway.close();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

async function streaming(listener: RequestListener): Promise<Upstream> {
  const upstream = await startUpstream({ streaming: listener });
  upstreams.push(upstream);
  return upstream;
}

const until = async (condition: () => boolean, what: string): Promise<void> => {
  for (let i = 0; i < 500; i += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never: ${what}`);
};

describe('a response', () => {
  it('begins to arrive before it is complete, chunk by chunk', async () => {
    let finish = (): void => undefined;
    const upstream = await streaming((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: one\n\n');
      finish = () => response.end('data: two\n\n');
    });
    const agent = await connectAgent(gateway, upstream);
    let text = '';
    agent.tls.on('data', (chunk: Buffer) => (text += chunk.toString()));
    agent.tls.write(`GET /events HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    await until(() => text.includes('data: one'), 'the first event');
    expect(text).not.toContain('data: two');
    finish();
    await until(() => text.includes('data: two'), 'the second event');
    agent.close();
  });

  it('sends its head when it arrives, though no byte of the body has come', async () => {
    const upstream = await streaming((_request, response) => {
      response.writeHead(200, { 'X-Early': 'yes' });
      response.flushHeaders();
    });
    const agent = await connectAgent(gateway, upstream);
    let text = '';
    agent.tls.on('data', (chunk: Buffer) => (text += chunk.toString()));
    agent.tls.write(`GET / HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    await until(() => text.includes('X-Early: yes'), 'the head');
    agent.close();
  });

  it('keeps status, reason, fields, duplicates, compressed bytes and trailers as they were', async () => {
    const body = randomBytes(5000);
    const upstream = await streaming((_request, response) => {
      response.sendDate = false;
      response.writeHead(
        299,
        'Quite Fine',
        [
          ['Content-Encoding', 'gzip'],
          ['Set-Cookie', 'a=1'],
          ['X-Mixed-Case', 'kept'],
          ['Set-Cookie', 'b=2'],
          ['Trailer', 'X-Sum'],
          ['Connection', 'X-Own-Hop'],
          ['X-Own-Hop', 'dropped'],
          ['X-OneCLI-Refusal', 'forged'],
        ].flat(),
      );
      response.write(body);
      response.addTrailers({ 'X-Sum': 'abc' });
      response.end();
    });
    const agent = await connectAgent(gateway, upstream);
    const answer = await agent.send('GET /');
    expect([answer.status, answer.reason]).toEqual([299, 'Quite Fine']);
    const own = answer.fields.filter(
      (_v, i, all) => !/^(transfer-encoding|connection|keep-alive)$/i.test(all[i - (i % 2)] ?? ''),
    );
    expect(own).toEqual([
      'Content-Encoding',
      'gzip',
      'Set-Cookie',
      'a=1',
      'X-Mixed-Case',
      'kept',
      'Set-Cookie',
      'b=2',
      'Trailer',
      'X-Sum',
    ]);
    expect(Buffer.from(answer.body, 'latin1').equals(body)).toBe(true);
    expect(answer.raw).toMatch(/\r\n0\r\nX-Sum: abc\r\n\r\n$/);
    agent.close();
  });

  it.each([204, 304])('%i has no body, and the connection goes on', async (status) => {
    const upstream = await streaming((request, response) => {
      response.writeHead(request.url === '/after' ? 200 : status, { ETag: '"x"' });
      response.end();
    });
    const agent = await connectAgent(gateway, upstream);
    expect(await agent.send('GET /')).toMatchObject({ status, body: '' });
    expect((await agent.send('GET /after')).status).toBe(200);
    agent.close();
  });

  it('to HEAD keeps its Content-Length and has no body', async () => {
    const upstream = await streaming((_request, response) => {
      response.writeHead(200, { 'Content-Length': '1234' });
      response.end();
    });
    const agent = await connectAgent(gateway, upstream);
    const answer = await agent.send('HEAD /');
    expect(answer).toMatchObject({ status: 200, body: '', headers: { 'content-length': '1234' } });
    agent.close();
  });

  it('of 103 is passed on before the final one', async () => {
    const upstream = await streaming((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('done');
    });
    const agent = await connectAgent(gateway, upstream);
    const early = await agent.send('GET /');
    expect(early.status).toBe(103);
    expect(early.raw.toLowerCase()).toContain('link: </style.css>; rel=preload');
    if (!early.raw.includes('HTTP/1.1 200')) expect((await readAnswer(agent.tls)).status).toBe(200);
    agent.close();
  });

  it('that redirects is not followed', async () => {
    const upstream = await streaming((_request, response) => {
      response.writeHead(302, { Location: 'http://169.254.169.254/' });
      response.end();
    });
    const agent = await connectAgent(gateway, upstream);
    expect(await agent.send('GET /')).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' } });
    agent.close();
  });

  it(`of ${TOTAL / MIB} MiB to a slow reader holds the upstream back instead of filling memory`, async () => {
    let written = 0;
    const chunk = randomBytes(256 * 1024);
    const upstream = await streaming((_request, response) => {
      response.writeHead(200, { 'Content-Length': TOTAL });
      const push = (): void => {
        while (written < TOTAL) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', push);
            return;
          }
        }
        response.end();
      };
      push();
    });
    const agent = await connectAgent(gateway, upstream);
    agent.tls.write(`GET /big HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    agent.tls.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const heldAt = written;
    await new Promise((resolve) => setTimeout(resolve, 500));
    // What stands between writer and reader are socket buffers, not the body.
    expect(written).toBe(heldAt);
    expect(heldAt).toBeLessThan(24 * MIB);
    let received = 0;
    agent.tls.on('data', (data: Buffer) => (received += data.length));
    agent.tls.resume();
    await until(() => received >= TOTAL, 'the whole body');
    agent.close();
  });
});

describe('a request body', () => {
  it(`of ${TOTAL / MIB} MiB goes up in a stream, whole, with its framing`, async () => {
    const upstream = await streaming((request, response) => {
      const hash = createHash('sha256');
      request.on('data', (data: Buffer) => hash.update(data));
      request.on('end', () => response.end(`${request.headers['content-length'] ?? 'chunked'} ${hash.digest('hex')}`));
    });
    const agent = await connectAgent(gateway, upstream);
    const chunk = randomBytes(MIB);
    const hash = createHash('sha256');
    agent.tls.write(`POST /up HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nContent-Length: ${TOTAL}\r\n\r\n`);
    for (let sent = 0; sent < TOTAL; sent += MIB) {
      hash.update(chunk);
      if (!agent.tls.write(chunk)) await new Promise((resolve) => agent.tls.once('drain', resolve));
    }
    const answer = await readAnswer(agent.tls);
    expect(answer.body).toBe(`${TOTAL} ${hash.digest('hex')}`);
    const [entry] = await gateway.requests(1, 'q=/up');
    expect(entry).toMatchObject({ bytesUp: TOTAL, status: 200 });
    agent.close();
  });

  it('is held back when the upstream does not read', async () => {
    let resume = (): void => undefined;
    const upstream = await streaming((request, response) => {
      resume = () => {
        request.resume();
        request.on('end', () => response.end('read'));
      };
    });
    const agent = await connectAgent(gateway, upstream);
    const size = 64 * MIB;
    agent.tls.write(`POST /held HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nContent-Length: ${size}\r\n\r\n`);
    const chunk = Buffer.alloc(256 * 1024);
    let sent = 0;
    const push = (): void => {
      while (sent < size) {
        sent += chunk.length;
        if (!agent.tls.write(chunk)) {
          agent.tls.once('drain', push);
          return;
        }
      }
    };
    push();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(sent).toBeLessThan(32 * MIB);
    resume();
    expect((await readAnswer(agent.tls)).body).toBe('read');
    agent.close();
  });

  it('in chunks arrives in chunks, the same bytes', async () => {
    const upstream = await startUpstream();
    upstreams.push(upstream);
    const agent = await connectAgent(gateway, upstream);
    agent.tls.write(
      `POST /c HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\n\r\n`,
    );
    expect((await readAnswer(agent.tls)).status).toBe(200);
    expect(upstream.arrived.at(-1)).toMatchObject({ body: 'abcdefg', headers: { 'transfer-encoding': 'chunked' } });
    agent.close();
  });

  it('is asked for with 100 only when the request is allowed', async () => {
    const upstream = await startUpstream();
    upstreams.push(upstream);
    await gateway.aRule({ name: 'No expecting', hostPattern: 'localhost', pathPattern: '/no', action: 'block' });
    const agent = await connectAgent(gateway, upstream);
    const head = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`;
    agent.tls.write(head('/yes'));
    expect((await readAnswer(agent.tls)).status).toBe(100);
    agent.tls.write('hi');
    expect((await readAnswer(agent.tls)).status).toBe(200);
    expect(upstream.arrived.at(-1)).toMatchObject({ body: 'hi' });
    expect(upstream.arrived.at(-1)?.headers.expect).toBeUndefined();
    agent.tls.write(head('/no'));
    const refused = await readAnswer(agent.tls);
    expect([refused.status, refused.headers['connection']]).toEqual([403, 'close']);
    agent.close();
  });

  it('that the agent breaks off is broken off upstream at once', async () => {
    let broken = false;
    const upstream = await streaming((request) => {
      request.on('error', () => (broken = true));
      request.resume();
    });
    const agent = await connectAgent(gateway, upstream);
    agent.tls.write(`POST /cut HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nContent-Length: 100\r\n\r\nabc`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    agent.close();
    await until(() => broken, 'the upstream hears of it');
  });
});

describe('an agent that leaves', () => {
  it('ends the upstream request at once, and the exchange is recorded', async () => {
    let closed = false;
    const upstream = await streaming((_request, response) => {
      response.on('close', () => (closed = true));
      response.write('first');
    });
    const agent = await connectAgent(gateway, upstream);
    agent.tls.write(`GET /left HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    await new Promise((resolve) => agent.tls.once('data', resolve));
    agent.close();
    await until(() => closed, 'the upstream hears of it');
    const [entry] = await gateway.requests(1, 'q=/left');
    expect(entry).toMatchObject({ decision: 'allowed', status: 200, bytesDown: 5 });
  });
});
