import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { tlsOptions } from '../support/upstream.js';

/** What is used of the package `ws`, the server that most of Node's WebSocket services run on. */
interface WsConnection {
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: 'close', listener: (code: number, reason: Buffer) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  send(data: Buffer, options: { binary: boolean }): void;
}
interface WsServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (connection: WsConnection) => void): void;
}
const { WebSocketServer } = createRequire(import.meta.url)('ws') as {
  WebSocketServer: new (options: {
    noServer: true;
    perMessageDeflate: boolean;
    handleProtocols: (protocols: Set<string>) => string | false;
  }) => WsServer;
};

/** A server under `localhost` that takes WebSockets, and what came to it. */
export interface WebSocketUpstream {
  readonly port: number;
  readonly authority: string;
  readonly handshakes: IncomingMessage[];
  /** Requests that asked for no upgrade. */
  readonly requests: IncomingMessage[];
  /** The answers to those for `/held`, which the test gives. */
  readonly held: ServerResponse[];
  /** Close codes that the server got to see. */
  readonly closed: number[];
  connections: number;
  close(): Promise<void>;
}

/** What the server does with a handshake; by default it is `ws`, which sends every message back. */
export type Taking = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

export const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

export async function startWebSockets(
  options: { scheme?: 'http' | 'https'; take?: Taking; page?: string } = {},
): Promise<WebSocketUpstream> {
  const echo = new WebSocketServer({
    noServer: true,
    perMessageDeflate: true,
    handleProtocols: (protocols) => [...protocols].at(-1) ?? false,
  });
  const server = options.scheme === 'http' ? createHttp() : createHttps(tlsOptions());
  const sockets = new Set<Socket>();
  const upstream: WebSocketUpstream = {
    port: 0,
    authority: '',
    handshakes: [],
    requests: [],
    held: [],
    closed: [],
    connections: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  const take: Taking = (request, socket, head) =>
    echo.handleUpgrade(request, socket, head, (connection) => {
      connection.on('message', (data, binary) => connection.send(data, { binary }));
      connection.on('close', (code) => upstream.closed.push(code));
      connection.on('error', () => undefined);
    });
  server.on('connection', (socket: Socket) => {
    upstream.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    upstream.requests.push(request);
    if (request.url === '/held') {
      upstream.held.push(response);
      return;
    }
    response.setHeader('Content-Type', 'text/html');
    response.end(options.page ?? 'an ordinary answer');
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    upstream.handshakes.push(request);
    socket.on('error', () => undefined);
    (options.take ?? take)(request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(upstream, { port, authority: `localhost:${port}` });
}

/** A handshake as clients send it; fields as lines. */
export function handshakeTo(authority: string, target: string, lines: readonly string[] = []): string {
  return [
    `GET ${target} HTTP/1.1`,
    `Host: ${authority}`,
    'Upgrade: websocket',
    'Connection: keep-alive, Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...lines,
    '\r\n',
  ].join('\r\n');
}

export interface Heard {
  text: string;
  bytes: number;
  ended: boolean;
  closed: boolean;
}

/** What arrives on a connection from now on. The text stops growing at a megabyte. */
export function heard(socket: Socket): Heard {
  const heard: Heard = { text: '', bytes: 0, ended: false, closed: false };
  socket.on('data', (chunk: Buffer) => {
    heard.bytes += chunk.length;
    if (heard.bytes < 1_000_000) heard.text += chunk.toString('latin1');
  });
  socket.on('end', () => (heard.ended = true));
  socket.on('close', () => (heard.closed = true));
  socket.resume();
  return heard;
}

/** Waits until the condition holds, ten seconds at most. */
export async function until(condition: () => boolean, what = 'it'): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!condition()) throw new Error(`${what} did not come about`);
}

/** Sends back whatever comes, which needs no frames. */
export const echoing: Taking = (_request, socket, head) => {
  socket.write(SWITCH);
  if (head.length > 0) socket.write(head);
  socket.pipe(socket);
};
