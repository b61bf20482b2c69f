import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTls, TLSSocket, type SecureContext } from 'node:tls';
import { tlsOptions } from '../support/upstream.js';
import { readRequests, type WireReading, type WireRequest } from './wire-reading.js';

/** One connection that the gateway opened, with the bytes that came since the last `forget`. */
export interface RecordedConnection {
  /** The name that the TLS handshake gave; undefined over plain TCP and for addresses. */
  readonly servername: string | undefined;
  readonly secure: boolean;
  text: string;
  answered: number;
  closed: boolean;
}

/** A server that keeps every byte it gets and answers what its strict reading takes for a request. */
export class RecordingUpstream {
  readonly connections = new Set<RecordedConnection>();
  /** Connections ever opened, and since the last `forget`. */
  everOpened = 0;
  opened = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(scheme: 'http' | 'https'): Promise<RecordingUpstream> {
    const serve = (socket: Socket): void => upstream.#serve(socket);
    const server = scheme === 'https' ? createTls(certificates(), serve) : createTcp(serve);
    const upstream = new RecordingUpstream(server);
    server.on('tlsClientError', () => undefined);
    server.on('connection', (socket: Socket) => {
      upstream.opened += 1;
      upstream.everOpened += 1;
      upstream.#sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => upstream.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Whether no connection is in the middle of a request. */
  get atRest(): boolean {
    return [...this.connections].every(({ closed, text }) => closed || readRequests(text).consumed === text.length);
  }

  /** What arrived since the last `forget`, one reading for each connection that had bytes. */
  readings(): readonly { readonly connection: RecordedConnection; readonly reading: WireReading }[] {
    return [...this.connections]
      .filter(({ text }) => text !== '')
      .map((connection) => ({ connection, reading: readRequests(connection.text) }));
  }

  forget(): void {
    this.opened = 0;
    for (const connection of this.connections) {
      if (connection.closed) this.connections.delete(connection);
      connection.text = '';
      connection.answered = 0;
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #serve(socket: Socket): void {
    const secure = socket instanceof TLSSocket;
    const servername = secure ? (socket as TLSSocket & { servername?: string | false }).servername : undefined;
    const connection: RecordedConnection = {
      servername: servername === false ? undefined : servername,
      secure,
      ...{ text: '', answered: 0, closed: false },
    };
    this.connections.add(connection);
    socket.on('error', () => undefined).once('close', () => (connection.closed = true));
    socket.on('data', (chunk: Buffer) => {
      connection.text += chunk.toString('latin1');
      // TLS where none is spoken, as somebody asked for https on this port.
      if (connection.text.startsWith('\x16')) {
        connection.text = '';
        socket.destroy();
        return;
      }
      for (const request of readRequests(connection.text).requests.slice(connection.answered)) {
        if (!request.complete) break;
        connection.answered += 1;
        socket.write(answerTo(request));
      }
    });
  }
}

/** Says which request it answers, so that an answer that reaches the wrong one is noticed. */
function answerTo({ method, target }: WireRequest): string {
  const arrived = Buffer.from(`${method} ${target}`, 'latin1').toString('hex');
  return `HTTP/1.1 200 OK\r\nX-Arrived: ${arrived}\r\nContent-Length: 2\r\n\r\n${method === 'HEAD' ? '' : 'ok'}`;
}

/** A certificate for whatever name the handshake gives, and one for the address without a name. */
function certificates(): object {
  const contexts = new Map<string, SecureContext>();
  return {
    ...tlsOptions('127.0.0.1'),
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name: string, callback: (error: null, context: SecureContext) => void) => {
      const context = contexts.get(name) ?? createSecureContext(tlsOptions(name));
      contexts.set(name, context);
      callback(null, context);
    },
  };
}
