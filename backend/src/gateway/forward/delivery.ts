import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Exchange } from '../exchange.js';
import type { Watched } from './deadlines.js';
import { responseFields } from './hop-by-hop.js';
import { answerFields, answerTrailers, reasonPhrase } from './response-head.js';
import { RequestBody } from './request-body.js';
import { onHeadSent } from './upstreams.js';

/** The agent went away. Nobody is left to answer; what happened is recorded. */
export class DownstreamGone extends Error {
  constructor() {
    super('the agent closed its connection');
    this.name = 'DownstreamGone';
  }
}

/** An upstream that took up the upgrade it was asked for: its connection, which is nobody else's now, and its 101's fields. */
export interface SwitchedProtocols {
  readonly socket: Socket;
  /** Flat name, value list, without those of the hop. */
  readonly fields: readonly string[];
}

/** The upstream switched to another protocol than the one that it was asked for. */
export class WrongProtocol extends Error {
  constructor() {
    super('it switched to a protocol that nobody asked for');
    this.name = 'WrongProtocol';
  }
}

export interface DeliveryTimeouts {
  readonly response: number;
  readonly body: number;
}

/** Fields that the gateway adds to an upstream's answer, by its status. Flat name, value list. */
export type AddedFields = (status: number) => readonly string[];

/** Interim answers (1xx) to one request that are passed on; a server that sends more means no good. */
const MOST_INTERIM = 16;

/** Sockets that have carried a request before: a failure on one of them may just mean that it was closed meanwhile. */
const used = new WeakSet<Socket>();

/**
 * One request's way through the HTTP client: the agent's body up, the upstream's answer down, both with backpressure. It
 * settles once: resolved when the whole answer was handed to the agent's connection, rejected otherwise.
 */
export class Delivery implements Dispatcher.DispatchHandler, Watched {
  deadline = Infinity;
  /** A head of the upstream's answer has been written to the agent, so that no other answer can be given. */
  answered = false;
  /** The connection had been used before, and nothing of an answer came. */
  onStaleConnection = false;
  switched: SwitchedProtocols | undefined;
  readonly body: RequestBody | null;
  #controller: Dispatcher.DispatchController | undefined;
  #awaited: 'response' | 'request body' | 'response body' = 'response';
  #settled = false;
  #interim = 0;
  #settle!: { resolve(): void; reject(error: Error): void };
  readonly done: Promise<void>;

  constructor(
    private readonly exchange: Exchange,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    hasBody: boolean,
    private readonly timeouts: DeliveryTimeouts,
    private readonly addedFields: AddedFields,
  ) {
    this.body = hasBody ? new RequestBody(request) : null;
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    response.once('close', this.#onDownstreamClose);
    this.#await('response');
  }

  /** What was awaited when it became late. */
  get awaited(): string {
    return this.#awaited;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) {
      controller.abort(new DownstreamGone());
      return;
    }
    this.exchange.connected ??= performance.now();
    this.#await(this.body === null ? 'response' : 'request body');
    onHeadSent(this.#onHeadSent);
  }

  onBodySent(chunk: Uint8Array | string): void {
    this.exchange.bytesUp += chunk.length;
    this.#await('request body');
  }

  onRequestSent(): void {
    if (this.#awaited !== 'response body') this.#await('response');
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, reason?: string): void {
    const raw = latin1(controller.rawHeaders);
    // An upgrade that was agreed on comes by `onRequestUpgrade`.
    if (status === 101) throw new WrongProtocol();
    if (status < 200) {
      this.#inform(status, raw);
      return;
    }
    this.exchange.status = status;
    this.exchange.firstByte = performance.now();
    this.#await('response body');
    this.response.sendDate = false;
    // Throws for a head that Node will not write; undici then ends the request, and the agent gets a 502 instead.
    const fields = answerFields(status, raw, this.request);
    this.response.writeHead(status, reasonPhrase(reason), [...fields, ...this.addedFields(status)]);
    this.answered = true;
    this.response.on('drain', this.#onDrain);
    // The first byte leaves when it arrives; a body chunk that came along with the head leaves in the same write.
    process.nextTick(flushHead, this.response);
  }

  /** Interim answers are written whatever the agent reads, so that their number is bounded. HTTP/1.0 knows none. */
  #inform(status: number, raw: readonly string[]): void {
    this.#interim += 1;
    if (this.#interim > MOST_INTERIM) throw new WrongProtocol();
    // Node 26 writes one to a pipelined request, whose answer is not the next, behind the head of the final answer.
    if (this.request.httpVersion !== '1.1' || this.response.socket === null) return;
    this.response.writeInformation(status, pairs(responseFields(raw)));
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    if (this.#settled) {
      socket.destroy();
      return;
    }
    // Only WebSockets are asked for. Thrown here, it ends the request and the connection.
    if (String(headers.upgrade).toLowerCase() !== 'websocket') throw new WrongProtocol();
    this.exchange.status = status;
    this.exchange.firstByte = performance.now();
    this.switched = { socket: socket as Socket, fields: responseFields(latin1(controller.rawHeaders)) };
    this.#finish(undefined);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.exchange.bytesDown += chunk.length;
    this.#await('response body');
    if (!this.response.write(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const trailers = answerTrailers(latin1(controller.rawTrailers));
    if (trailers.length > 0) this.response.addTrailers(pairs(trailers));
    this.response.end();
    this.#finish(undefined);
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#finish(error);
  }

  onLate(): void {
    this.abort(new DeliveryTimeout(this.#awaited));
  }

  /** Ends both sides' part in it. Once an answer has begun, the agent can learn of it only by its connection closing. */
  abort(error: Error): void {
    this.#finish(error);
    this.#controller?.abort(error);
  }

  readonly #onHeadSent = (socket: Socket): void => {
    this.exchange.upstreamAddress = socket.remoteAddress;
    this.onStaleConnection = used.has(socket);
    used.add(socket);
  };

  readonly #onDrain = (): void => {
    this.#await('response body');
    this.#controller?.resume();
  };

  readonly #onDownstreamClose = (): void => {
    if (!this.response.writableFinished) this.abort(new DownstreamGone());
  };

  #await(what: 'response' | 'request body' | 'response body'): void {
    this.#awaited = what;
    this.deadline = performance.now() + (what === 'response' ? this.timeouts.response : this.timeouts.body);
  }

  #finish(error: Error | undefined): void {
    if (this.#settled) return;
    this.#settled = true;
    this.deadline = Infinity;
    if (error === undefined) {
      this.#settle.resolve();
      return;
    }
    this.body?.destroy();
    if (this.answered) this.response.destroy();
    this.#settle.reject(error);
  }
}

/** The upstream, or the agent, was silent for too long. */
export class DeliveryTimeout extends Error {
  constructor(readonly awaited: string) {
    super(`timed out waiting for the ${awaited}`);
    this.name = 'DeliveryTimeout';
  }
}

function flushHead(response: ServerResponse): void {
  if (!response.destroyed && !response.writableEnded) response.flushHeaders();
}

/** undici gives raw fields as bytes; field values are bytes that HTTP reads as Latin-1 (RFC 9110, 5.5). */
function latin1(raw: unknown): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((item: unknown) => (Buffer.isBuffer(item) ? item.toString('latin1') : String(item)));
}

function pairs(flat: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? '';
    const value = flat[i + 1] ?? '';
    const before = fields[name];
    fields[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return fields;
}
