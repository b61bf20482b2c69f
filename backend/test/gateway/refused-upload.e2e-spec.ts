import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

/** More than any buffer between the agent and the gateway holds. */
const LARGE = Buffer.alloc(16 * 1024 * 1024, 'x');

describe('an upload that is refused while it is being sent', () => {
  let gateway: TestGateway;
  let upstream: Upstream;

  beforeAll(async () => {
    [gateway, upstream] = await Promise.all([startGateway(), startUpstream()]);
    await gateway.aRule({ name: 'No uploads', hostPattern: 'localhost', pathPattern: '/upload', action: 'block' });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  /** Everything that came until the gateway closed. */
  async function untilClosed(tls: TLSSocket): Promise<string> {
    let text = '';
    tls.on('data', (chunk: Buffer) => void (text += chunk.toString()));
    await once(tls, 'close');
    return text;
  }

  // Python's urllib asks for `Connection: close` and reads nothing before all is sent: it ended with SSLEOFError, without the reason.
  it.each([
    ['a rule forbids it', 'localhost', '/upload', '403', 'blocked_by_policy'],
    ['the upstream is not there', 'localhost:1', '/', '502', 'upstream_unreachable'],
  ])(
    'is answered to an agent that sends first, reads then and wants the connection closed, when %s',
    async (_when, host, path, status, code) => {
      const port = Number(host.split(':')[1] ?? upstream.port);
      const agent = await connectAgent(gateway, { port });
      const received = untilClosed(agent.tls);
      agent.tls.pause();
      const failures: Error[] = [];
      agent.tls.on('error', (error) => failures.push(error));
      agent.tls.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\nContent-Length: ${LARGE.length}\r\n\r\n`,
      );
      await new Promise((sent) => agent.tls.write(LARGE, sent));
      agent.tls.resume();
      const answer = await received;
      expect(failures).toEqual([]);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toContain(code);
    },
  );

  it('is answered at once, whatever the agent still has to send', async () => {
    const agent = await connectAgent(gateway, upstream);
    agent.tls.write(
      `POST /upload HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nConnection: close\r\nContent-Length: 10\r\n\r\nabc`,
    );
    const [first] = (await once(agent.tls, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1.1 403 [^]*"request_id"/);
    agent.tls.write('defghij');
    await once(agent.tls, 'close');
  });

  it('closes the connection at once to an agent that holds its body back', async () => {
    const agent = await connectAgent(gateway, upstream);
    const received = untilClosed(agent.tls);
    agent.tls.write(
      `POST /upload HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
    );
    expect(await received).toMatch(/^HTTP\/1.1 403 [^]*"request_id"/);
  });

  it('leaves the connection usable to an agent that keeps it', async () => {
    const agent = await connectAgent(gateway, upstream);
    expect((await agent.send('POST /upload', [], LARGE.toString())).status).toBe(403);
    expect((await agent.send('GET /other')).status).toBe(200);
    agent.close();
  });
});
