import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { renderRefusal, type Refusal } from '../refusal.js';

/** Answers on a socket that has no response object (CONNECT, an unreadable request) and closes it. */
export function answerAndClose(socket: Duplex, refusal: Refusal, requestId: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = renderRefusal(refusal, requestId);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) head += `${headers[i] ?? ''}: ${headers[i + 1] ?? ''}\r\n`;
  socket.end(Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`, 'latin1'), body]));
  // What the agent still sends is read and thrown away for a moment: a reset would take the answer with it.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

const LINGER_MS = 1000;
