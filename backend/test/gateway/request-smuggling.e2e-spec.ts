import { startGateway, type TestGateway } from '../support/gateway.js';
import { openTcp, openTunnel, readQuiet, secure } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

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

/** Field lines and body of a request that must not get through; `HOST` stands for the right authority. */
const ATTACKS: readonly (readonly [string, string])[] = [
  [
    'Transfer-Encoding with Content-Length',
    'Host: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'Content-Length with Transfer-Encoding',
    'Host: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n',
  ],
  ['two different Content-Lengths', 'Host: HOST\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'],
  ['the same Content-Length twice', 'Host: HOST\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd'],
  ['a list of Content-Lengths', 'Host: HOST\r\nContent-Length: 4, 4\r\n\r\nabcd'],
  ['a signed Content-Length', 'Host: HOST\r\nContent-Length: +4\r\n\r\nabcd'],
  ['a hexadecimal Content-Length', 'Host: HOST\r\nContent-Length: 0x4\r\n\r\nabcd'],
  ['an empty Content-Length', 'Host: HOST\r\nContent-Length: \r\n\r\nabcd'],
  ['a second Host', 'Host: HOST\r\nHost: elsewhere.test\r\n\r\n'],
  ['the same Host twice', 'Host: HOST\r\nHost: HOST\r\n\r\n'],
  ['no Host', 'X: y\r\n\r\n'],
  ['a folded field', 'Host: HOST\r\nX-Folded: a\r\n b\r\n\r\n'],
  ['a folded Transfer-Encoding', 'Host: HOST\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
  ['a bare CR in a value', 'Host: HOST\r\nX: a\rb\r\n\r\n'],
  ['a bare LF ending a field', 'Host: HOST\nX: y\r\n\r\n'],
  ['a bare LF ending the head', 'Host: HOST\r\nX: y\n\n'],
  ['a NUL in a value', 'Host: HOST\r\nX: a\0b\r\n\r\n'],
  ['a space before a colon', 'Host: HOST\r\nContent-Length : 4\r\n\r\nabcd'],
  ['a tab before a colon', 'Host: HOST\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n'],
  ['a space before the first field', ' Host: HOST\r\n\r\n'],
  ['a transfer coding beside chunked', 'Host: HOST\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  ['chunked twice', 'Host: HOST\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
  [
    'two Transfer-Encoding fields',
    'Host: HOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
  ],
  ['an unknown transfer coding', 'Host: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['a disguised Transfer-Encoding', 'Host: HOST\r\nTransfer_Encoding: chunked\r\nContent-Length: 0\r\n\r\n'],
  ['a field name with a control byte', 'Host: HOST\r\nX\x01: y\r\n\r\n'],
  ['a field without a name', 'Host: HOST\r\n: y\r\n\r\n'],
  ['a field without a colon', 'Host: HOST\r\nnonsense\r\n\r\n'],
];

async function throughTunnel(bytes: string): Promise<string> {
  const { socket } = await openTunnel(gateway.port, `localhost:${upstream.port}`, gateway.agent.accessToken);
  const tls = await secure(socket, 'localhost', gateway.ca);
  tls.write(Buffer.from(bytes, 'latin1'));
  const text = await readQuiet(tls, 100);
  // Whatever came after the refusal on the same connection must have died with it.
  const closed = tls.destroyed || tls.readableEnded || socket.destroyed;
  tls.destroy();
  return closed ? text : `${text}\n(still open)`;
}

describe('a request that two parsers could read differently', () => {
  it.each(ATTACKS)('is refused and the connection closes: %s', async (_what, rest) => {
    const [connections, arrived] = [upstream.connections, upstream.arrived.length];
    const head = `POST /smuggled HTTP/1.1\r\n${rest.replaceAll('HOST', `localhost:${upstream.port}`)}`;
    const text = await throughTunnel(`${head}GET /second HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*X-OneCLI-Refusal: malformed_(request|target)/);
    expect(text).not.toContain('(still open)');
    expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect([upstream.connections, upstream.arrived.length]).toEqual([connections, arrived]);
  });

  it.each([
    ['a chunk size that is no number', 'zz\r\nabc\r\n0\r\n\r\n'],
    ['a chunk longer than it says', '2\r\nabcdef\r\n0\r\n\r\n'],
    ['a negative chunk size', '-1\r\nabc\r\n0\r\n\r\n'],
    ['a chunk size beyond 64 bits', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
    ['a bare LF after a chunk size', '3\nabc\r\n0\r\n\r\n'],
  ])('is never completed upstream when its body breaks the framing: %s', async (_what, body) => {
    const arrived = upstream.arrived.length;
    await throughTunnel(
      `POST /broken HTTP/1.1\r\nHost: localhost:${upstream.port}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    );
    expect(upstream.arrived.length).toBe(arrived);
  });

  it('is refused on the port itself too, before anybody is authenticated', async () => {
    for (const [what, rest] of ATTACKS) {
      const socket = await openTcp(gateway.port);
      const arrived = plain.arrived.length;
      socket.write(Buffer.from(`POST ${plain.origin}/s HTTP/1.1\r\n${rest.replaceAll('HOST', 'x')}`, 'latin1'));
      const text = await readQuiet(socket, 60);
      socket.destroy();
      expect([what, text.slice(0, 12)]).toEqual([what, 'HTTP/1.1 400']);
      expect(plain.arrived.length).toBe(arrived);
    }
  });
});

describe('pipelined requests', () => {
  it('are answered in order, each decided by itself', async () => {
    await gateway.aRule({ name: 'No second', hostPattern: 'localhost', pathPattern: '/two', action: 'block' });
    const line = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`;
    const text = await throughTunnel(line('/one') + line('/two') + line('/three'));
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403', 'HTTP/1.1 200']);
  });
});
