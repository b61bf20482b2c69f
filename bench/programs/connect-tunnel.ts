import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface ProxyAddress {
  readonly port: number;
  readonly authorization: string | undefined;
}

/** A TLS connection to `localhost` through a proxy's CONNECT; rejects with the proxy's answer when that is not 200. */
export function openTunnel(proxy: ProxyAddress, port: number, ca: Buffer): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    const authorization = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
    socket.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n${authorization}\r\n`);
    socket.once('data', (head: Buffer) => {
      const line = head.toString('latin1').split('\r\n', 1)[0] ?? '';
      if (!line.includes(' 200 ')) {
        reject(new Error(`the proxy answered ${line}`));
        socket.destroy();
        return;
      }
      const tls = connectTls({ socket, ca, servername: 'localhost' });
      tls.once('error', reject);
      tls.once('secureConnect', () => resolve(tls));
    });
  });
}

/** A TLS connection to `localhost` without a proxy. */
export function openDirect(port: number, ca: Buffer): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost' });
    tls.setNoDelay(true);
    tls.once('error', reject);
    tls.once('secureConnect', () => resolve(tls));
  });
}

/** Sends one GET on an open connection and resolves with the status once its body, of a known length, has come. */
export function get(tls: TLSSocket, path: string, authority: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      tls.off('data', onData);
      tls.off('close', onClose);
      resolve(Number(text.slice(9, 12)));
    };
    const onClose = (): void => reject(new Error('the connection was closed before the answer'));
    tls.on('data', onData);
    tls.once('close', onClose);
    tls.write(`GET ${path} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  });
}
