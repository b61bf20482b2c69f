import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  /** Flat name, value list. */
  readonly fields: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything, unread. */
  readonly raw: string;
}

export interface ProxyAddress {
  readonly port: number;
  readonly ca?: string;
}

/** Opens a TCP connection to the gateway. */
export function openTcp(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host: '127.0.0.1' }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends bytes on a fresh connection and reads until the other side closes (or `quietMs` of silence). */
export async function exchangeRaw(port: number, bytes: string | Buffer, quietMs = 400): Promise<string> {
  const socket = await openTcp(port);
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  const answer = await readQuiet(socket, quietMs);
  socket.destroy();
  return answer;
}

/** Opens a tunnel; resolves with the answer's head and the connection. */
export async function openTunnel(
  proxyPort: number,
  authority: string,
  token: string | undefined,
): Promise<{ status: number; head: string; socket: Socket }> {
  const socket = await openTcp(proxyPort);
  const auth =
    token === undefined ? '' : `Proxy-Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${auth}\r\n`);
  const head = await readHead(socket);
  return { status: Number(head.split(' ')[1]), head, socket };
}

/** TLS with the gateway inside a tunnel. */
export function secure(socket: Socket, servername: string, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const name = isIP(servername) === 0 ? { servername } : { host: servername };
    const tls = connectTls({ socket, ...name, ca, ALPNProtocols: ['http/1.1'] }, () => resolve(tls));
    tls.once('error', reject);
  });
}

/** Sends one raw request on an open connection and reads one whole answer. */
export async function requestOn(socket: Socket, bytes: string | Buffer): Promise<RawAnswer> {
  const sent = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  socket.write(sent);
  return readAnswer(socket, sent.toString('latin1', 0, 5) === 'HEAD ');
}

/** Reads one answer framed by Content-Length or chunked coding, or until the close. */
export function readAnswer(socket: Socket, toHead = false): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const done = (): void => {
      socket.off('data', onData);
      socket.off('close', onClose);
      resolve(parseAnswer(text));
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (isWhole(text, toHead)) done();
    };
    const onClose = (): void => (text === '' ? reject(new Error('closed without an answer')) : done());
    socket.on('data', onData);
    socket.once('close', onClose);
    socket.resume();
  });
}

export function parseAnswer(raw: string): RawAnswer {
  const end = raw.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = raw.slice(0, end).split('\r\n');
  const fields = lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  const headers: Record<string, string> = {};
  for (let i = 0; i < fields.length; i += 2) headers[(fields[i] ?? '').toLowerCase()] = fields[i + 1] ?? '';
  const rest = raw.slice(end + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? unchunk(rest) : rest;
  const [, status = '', ...reason] = statusLine.split(' ');
  return { status: Number(status), reason: reason.join(' '), fields, headers, body, raw };
}

function isWhole(text: string, toHead: boolean): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const { headers, status } = parseAnswer(text);
  if (toHead || status === 204 || status === 304 || status < 200) return true;
  if (headers['transfer-encoding'] === 'chunked') return /(^|\r\n)0\r\n([^\r\n]+\r\n)*\r\n$/.test(text.slice(end + 4));
  const length = headers['content-length'];
  return length !== undefined && text.length - end - 4 >= Number(length);
}

function unchunk(text: string): string {
  let rest = text;
  let body = '';
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = parseInt(rest.slice(0, line), 16);
    if (!(size > 0)) return body;
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
}

function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.pause();
      socket.off('data', onData);
      socket.off('close', onClose);
      const rest = text.slice(end + 4);
      if (rest !== '') socket.unshift(Buffer.from(rest, 'latin1'));
      resolve(text.slice(0, end + 4));
    };
    const onClose = (): void => (text === '' ? reject(new Error('closed without an answer')) : resolve(text));
    socket.on('data', onData);
    socket.once('close', onClose);
  });
}

/** Reads until the close, or until nothing has come for `quietMs`. */
export function readQuiet(socket: Socket, quietMs: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    let timer = setTimeout(finish, quietMs * 5);
    function finish(): void {
      clearTimeout(timer);
      resolve(text);
    }
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(finish, quietMs);
    });
    socket.once('close', finish);
    socket.once('error', finish);
    socket.resume();
  });
}
