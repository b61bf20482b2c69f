import { createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { makeKeyPair, makeLeaf, makeRoot } from '../../src/authority/certificates.js';
import { tlsOptions } from './upstream.js';

/** A server under `localhost` that does with a request's head what the test says, on the bare socket. */
export interface UnrulyUpstream {
  readonly port: number;
  close(): Promise<void>;
}

/** Called once a whole request head has arrived on a connection, and with every later one. */
export type Treatment = (head: string, socket: Socket) => void;

/** Speaks TLS with a certificate that the gateway trusts, unless told otherwise; `tcp` never gets as far as a head. */
export async function startUnruly(
  treatment: Treatment,
  transport: 'trusted' | 'untrusted' | 'tcp' = 'trusted',
): Promise<UnrulyUpstream> {
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (transport === 'tcp' || !text.includes('\r\n\r\n')) return;
      treatment(text, socket);
      text = '';
    });
  };
  const server =
    transport === 'tcp' ? createTcp(serve) : createTls(transport === 'trusted' ? tlsOptions() : untrusted(), serve);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A port of this machine on which nothing listens any more. */
export async function closedPort(): Promise<number> {
  const upstream = await startUnruly(() => undefined, 'tcp');
  await upstream.close();
  return upstream.port;
}

function untrusted(): { cert: string; key: string } {
  const { privateKey, publicPoint } = makeKeyPair();
  const leaf = makeLeaf({ root: makeRoot(new Date()), host: 'localhost', now: new Date(), publicPoint });
  return { cert: leaf.certificatePem, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}
