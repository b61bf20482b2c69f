// The smallest honest Node program that does a gateway's byte work: CONNECT, TLS with one cached leaf, Node's HTTP server, undici's
// dispatch, streaming both ways. It knows no agents, no policy and no audit. What a request costs here is the floor.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';

const [leaf = '', key = '', root = ''] = process.argv.slice(2);
const secureContext = createSecureContext({ cert: readFileSync(leaf), key: readFileSync(key) });
const upstreams = new Agent({ connect: { ca: readFileSync(root) }, connections: null, pipelining: 1 });
const ONE_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
]);
const origins = new WeakMap<object, string>();

const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0, noDelay: true }, forward);
server.on('connect', (request: IncomingMessage, socket: Socket) => {
  socket.on('error', () => socket.destroy());
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
  tls.on('error', () => socket.destroy());
  origins.set(tls, `https://${request.url ?? ''}`);
  server.emit('connection', tls);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});

// In order, so that a profile is written.
process.once('SIGTERM', () => process.exit(0));

function forward(request: IncomingMessage, response: ServerResponse): void {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  upstreams.dispatch(
    {
      origin: origins.get(request.socket) ?? '',
      path: request.url ?? '/',
      method: request.method as 'GET',
      headers: endToEnd(request.rawHeaders),
      body: hasBody ? request : null,
    },
    new Answer(response),
  );
}

class Answer implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(): void {
    // Nothing to prepare.
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    this.#response.writeHead(
      status,
      endToEnd((controller.rawHeaders as Buffer[]).map((field) => field.toString('latin1'))),
    );
    this.#response.on('drain', () => controller.resume());
    process.nextTick(flushHead, this.#response);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    this.#response.destroy();
  }
}

function flushHead(response: ServerResponse): void {
  if (!response.writableEnded) response.flushHeaders();
}

function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!ONE_HOP.has(name.toLowerCase())) kept.push(name, raw[i + 1] ?? '');
  }
  return kept;
}
