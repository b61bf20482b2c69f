import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** How much an agent may send ahead of the answer before it is left to wait, in bytes. RFC 6455, 4.1, has it send nothing. */
const MOST_AHEAD = 64 * 1024;
/** How long an agent may take to read a refusal, in milliseconds. */
const LINGER_MS = 1000;

/**
 * An agent's half of a WebSocket handshake: Node has let go of the socket, and nothing is answered yet. It is either accepted or
 * answered through `response` like any other request; the connection ends after that answer.
 */
export class AgentHandshake {
  readonly response: ServerResponse;
  readonly #ahead: Buffer[] = [];
  #bytesAhead = 0;

  /** `head`: what followed the request's head in the same read. */
  constructor(
    request: IncomingMessage,
    readonly socket: Socket,
    head: Buffer,
  ) {
    if (head.length > 0) socket.unshift(head);
    socket.on('error', () => undefined);
    this.response = new ServerResponse(request);
    this.response.shouldKeepAlive = false;
    this.response.assignSocket(socket);
    this.response.once('finish', this.#onAnswered);
    // Read at all times, because an agent that leaves is not heard of otherwise.
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd);
    socket.resume();
  }

  /** Writes 101 with these fields (flat name, value list). What the agent sent ahead is the first that can be read. */
  accept(fields: readonly string[]): Socket {
    const { socket } = this;
    socket.off('data', this.#onData).off('drain', this.#onDrain).off('end', this.#onEnd);
    socket.pause();
    if (socket.destroyed) return socket;
    this.response.detachSocket(socket);
    let head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
    for (let at = 0; at + 1 < fields.length; at += 2) head += `${fields[at] ?? ''}: ${fields[at + 1] ?? ''}\r\n`;
    socket.write(`${head}\r\n`, 'latin1');
    if (this.#bytesAhead > 0) socket.unshift(Buffer.concat(this.#ahead.splice(0)));
    return socket;
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.response.writableEnded) return;
    this.#ahead.push(chunk);
    this.#bytesAhead += chunk.length;
    if (this.#bytesAhead >= MOST_AHEAD) this.socket.pause();
  };

  /** Node's server would do this for a response of its own. */
  readonly #onDrain = (): void => {
    this.response.emit('drain');
  };

  readonly #onEnd = (): void => {
    if (this.response.writableEnded) this.socket.destroySoon();
    else this.socket.destroy();
  };

  readonly #onAnswered = (): void => {
    this.socket.end();
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  };
}
