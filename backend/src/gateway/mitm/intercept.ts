import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';

/** TLS alert record, fatal, unrecognized_name (RFC 8446, 6.2; RFC 6066, 3). */
const UNRECOGNIZED_NAME = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);

/** Why the agent's handshake came to nothing, in words for the request log. */
export class InterceptError extends Error {
  constructor(
    readonly kind: 'sni_mismatch' | 'handshake' | 'timeout',
    message: string,
  ) {
    super(message);
    this.name = 'InterceptError';
  }
}

/**
 * Answers the TLS handshake in a tunnel as the host that the CONNECT named. Bytes that the socket has buffered belong to
 * the handshake. Resolves with the decrypted side; rejects with {@link InterceptError}, the socket then being closed.
 */
export function intercept(socket: Socket, host: string, context: SecureContext, timeout: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = new TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      ALPNProtocols: ['http/1.1'],
      SNICallback: (name, callback) => {
        // Without SNI (addresses, old clients) the tunnel's own host is meant, and this is not called.
        if (name.toLowerCase().replace(/\.$/, '') === host) {
          // Without a context the connection keeps its own, which is this host's. Naming it here would make OpenSSL take
          // certificate and key anew, for half a millisecond of each tunnel.
          callback(null);
          return;
        }
        socket.write(UNRECOGNIZED_NAME);
        fail(new InterceptError('sni_mismatch', `the handshake names ${printable(name)}, the tunnel ${host}`));
      },
    });
    const timer = setTimeout(
      () => fail(new InterceptError('timeout', `no TLS handshake within ${timeout} ms`)),
      timeout,
    );
    const fail = (error: InterceptError): void => {
      clearTimeout(timer);
      reject(error);
      // Not at once: an alert that OpenSSL or the line above has queued says more to the agent than a reset.
      setImmediate(() => socket.destroySoon());
    };
    tls.once('secure', () => {
      clearTimeout(timer);
      tls.off('error', onError).off('end', onClose);
      socket.off('close', onClose);
      resolve(tls);
    });
    const onError = (error: Error): void => fail(new InterceptError('handshake', handshakeFault(error)));
    tls.on('error', onError);
    const onClose = (): void => fail(new InterceptError('handshake', 'the agent closed the connection'));
    socket.once('close', onClose);
    // An agent that leaves within the handshake is first seen as the end of what can be read.
    tls.once('end', onClose);
  });
}

/** OpenSSL's words for what the agent's side said, which name the client's reason: an unknown authority, mostly. */
function handshakeFault(error: Error): string {
  const reason = (error as { reason?: unknown }).reason;
  const text = typeof reason === 'string' ? reason : error.message;
  return /unknown ca|certificate unknown|bad certificate/i.test(text)
    ? `the agent does not trust the gateway's certificate authority (${text})`
    : text;
}

function printable(name: string): string {
  return name.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 253);
}
