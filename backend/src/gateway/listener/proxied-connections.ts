import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { believeClientAddress, peerAddressOf } from './client-address.js';
import { readProxyHeader } from './proxy-protocol.js';
import type { TrustedProxies } from './trusted-proxies.js';

/** Why a trusted proxy's connection is not served. `message`: the rest of a sentence. */
export class ProxyHeaderError extends Error {
  constructor(
    readonly code: 'ERR_PROXY_HEADER' | 'ERR_HTTP_REQUEST_TIMEOUT',
    message: string,
  ) {
    super(message);
    this.name = 'ProxyHeaderError';
  }
}

/**
 * From now on a connection from one of the proxies is served by `server` only once its PROXY protocol header was read, which
 * must happen within `timeout` milliseconds; a connection without one comes out as a 'clientError' with a
 * {@link ProxyHeaderError}: the protocol forbids to guess whether there is one. Connections from elsewhere and what flows
 * inside tunnels are served as before.
 */
export function expectProxyHeaders(server: Server, proxies: TrustedProxies, timeout: number): void {
  const begun = new WeakSet<Socket>();
  const serve = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    // A tunnel's socket comes a second time when plain HTTP flows through it.
    const isInner = socket instanceof TLSSocket || begun.has(socket);
    const passOn = (): void => serve.forEach((listener) => listener.call(server, socket));
    if (isInner || !proxies.includes(peerAddressOf(socket))) {
      passOn();
      return;
    }
    begun.add(socket);
    readHeader(socket, timeout, passOn, (error) => server.emit('clientError', error, socket));
  });
}

function readHeader(
  socket: Socket,
  timeout: number,
  passOn: () => void,
  refuse: (error: ProxyHeaderError) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const finish = (error?: ProxyHeaderError): void => {
    clearTimeout(timer);
    socket.off('data', onData).off('end', onEnd).off('close', onClose);
    if (error !== undefined) refuse(error);
  };
  const onData = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const header = readProxyHeader(bytes);
    if (header.kind === 'incomplete') return;
    if (header.kind === 'malformed') {
      finish(new ProxyHeaderError('ERR_PROXY_HEADER', header.why));
      return;
    }
    finish();
    socket.pause();
    if (header.address !== undefined) believeClientAddress(socket, header.address);
    if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
    passOn();
    socket.resume();
  };
  const onEnd = (): void => void socket.destroy();
  const onClose = (): void => finish();
  const timer = setTimeout(
    () => finish(new ProxyHeaderError('ERR_HTTP_REQUEST_TIMEOUT', 'no PROXY protocol header')),
    timeout,
  );
  // Stays: 'close' follows, and a reset after the refusal must not become an uncaught exception.
  socket.on('error', () => undefined);
  socket.on('data', onData).once('end', onEnd).once('close', onClose);
}
