import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';

/** What a host says. It is also a list of references by which git takes the host for a repository. */
export function bodyOf(host: string): string {
  return `${createHash('sha1').update(host).digest('hex')}\trefs/heads/main\n`;
}

/** The TLS of a gateway and nothing else of it: takes CONNECT, answers in the host's name. */
export interface InterceptingProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1; each tunnel asks for the context of the host that CONNECT names. */
export async function startInterceptingProxy(contextFor: (host: string) => SecureContext): Promise<InterceptingProxy> {
  const sockets = new Set<Socket>();
  const inside = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/:443$/, '');
    const known = request.url === '/' || request.url?.startsWith('/info/refs');
    response.writeHead(known ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
    response.end(known ? bodyOf(host) : '');
  });
  const server: Server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  });
  server.on('connect', (request, socket, head) => {
    const host = (request.url ?? '').replace(/:\d+$/, '');
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: contextFor(host),
      ALPNProtocols: ['http/1.1'],
    });
    secure.on('error', () => socket.destroy());
    inside.emit('connection', secure);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
