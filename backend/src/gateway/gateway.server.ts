import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RequestLogRecorder } from '../audit/request-log.recorder.js';
import { CONFIG, type Config } from '../config/config.js';
import { LOGGER, type Logger } from '../logging/logger.js';
import { asRefusal } from './as-refusal.js';
import { Exchange } from './exchange.js';
import { Forwarder } from './forward/forwarder.js';
import { GatewayPipeline } from './gateway.pipeline.js';
import { GatewayTunnel } from './gateway.tunnel.js';
import { clientAddressOf } from './listener/client-address.js';
import { Connections } from './listener/connections.js';
import { createListener } from './listener/http-listener.js';
import { answerAndClose } from './listener/raw-answer.js';
import { unreadableRefusal } from './listener/unreadable.js';
import { KeptCounters } from './rate-limit/kept-counters.js';
import { ExchangeRecorder } from './record/exchange-recorder.js';
import { Snapshots } from './snapshot/snapshots.js';
import { AgentHandshake } from './websocket/agent-handshake.js';
import { OpenWebSockets } from './websocket/open-websockets.js';
import { asksForWebSocket } from './websocket/upgrade-request.js';

/** How often the log says that there are too many connections without a token. */
const CROWD_QUIET_MS = 60_000;

/** The gateway's life: loads policy, listens, and at the end drains in the order of the contract. */
@Injectable()
export class GatewayServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #server: Server;
  /**
   * Requests that asked for another protocol and are ordinary ones. Node 26.10 loses what came behind such a request in the same
   * read, and takes the middle of what follows for a beginning; so they are the last on their connections.
   */
  readonly #declined = new WeakSet<IncomingMessage>();
  #quietUntil = 0;

  constructor(
    private readonly snapshots: Snapshots,
    private readonly counters: KeptCounters,
    private readonly tunnels: GatewayTunnel,
    private readonly pipeline: GatewayPipeline,
    private readonly forwarder: Forwarder,
    private readonly webSockets: OpenWebSockets,
    private readonly connections: Connections,
    private readonly recorder: ExchangeRecorder,
    private readonly requestLog: RequestLogRecorder,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.#server = createListener(config.gateway, {
      connect: (request, socket, head) => this.#connect(request, socket as Socket, head),
      request: (request, response) => this.#request(request, response),
      takesUp: (request) => this.#takesUp(request),
      upgrade: (request, socket, head) => {
        const handshake = new AgentHandshake(request, socket as Socket, head);
        void this.pipeline.run(request, handshake.response, handshake);
      },
      unreadable: (error, socket) => this.#unreadable(error, socket as Socket),
    });
    this.#server.on('connection', (socket: Socket) => this.#arrived(socket));
  }

  /** The address that the gateway listens on; only after the bootstrap. */
  get address(): AddressInfo {
    return this.#server.address() as AddressInfo;
  }

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([this.snapshots.start(), this.counters.start(), this.requestLog.start()]);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port: this.config.gateway.port, host: this.config.gateway.host, backlog: 4096 }, () => {
        this.#server.off('error', reject);
        this.connections.listeningPort = this.address.port;
        this.#server.on('error', (error) => this.log.error({ err: error }, 'the gateway cannot accept connections'));
        resolve();
      });
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    const drained = this.connections.drain(this.config.gateway.shutdownTimeout);
    this.#server.closeIdleConnections();
    this.webSockets.goAway();
    await drained;
    this.#server.closeAllConnections();
    this.connections.destroyTunnels();
    this.webSockets.close();
    await this.forwarder.close();
    await this.requestLog.stop();
  }

  #arrived(socket: Socket): void {
    if (this.connections.tunnelOf(socket) !== undefined || !this.connections.unauthenticated.arrived(socket)) return;
    if (performance.now() < this.#quietUntil) return;
    this.#quietUntil = performance.now() + CROWD_QUIET_MS;
    const most = this.config.gateway.maxUnauthenticated;
    this.log.warn(`more than ${most} connections have shown no token; the oldest of them are being closed`);
  }

  /** Behind a request that is being answered no tunnel can begin: its first bytes would stand among those of the answer. */
  #connect(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.connections.isBusy(socket) || this.connections.isFinished(socket)) this.connections.abandon(socket);
    else void this.tunnels.open(request, socket, head, this.#server);
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/healthz' || request.url === '/readyz') {
      if (this.connections.tunnelOf(request.socket) === undefined) {
        this.#answerHealth(request.url, request.socket, response);
        return;
      }
    }
    const isLast = this.#declined.has(request);
    if (isLast) response.shouldKeepAlive = false;
    void this.pipeline.run(request, response);
    if (isLast) this.connections.finish(request.socket);
  }

  /** Not while an answer is still due on the connection: it would get in the way of the handshake's. */
  #takesUp(request: IncomingMessage): boolean {
    const { socket } = request;
    const free = !this.connections.isBusy(socket) && !this.connections.isFinished(socket);
    const takesUp = asksForWebSocket(request) && free;
    if (!takesUp) this.#declined.add(request);
    return takesUp;
  }

  #answerHealth(path: string, socket: Socket, response: ServerResponse): void {
    this.connections.begin(socket, response);
    response.once('close', () => this.connections.end(socket, response));
    const ok = path === '/healthz' || (this.snapshots.ready && !this.connections.draining);
    response.writeHead(ok ? 200 : 503, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(ok ? 'ok\n' : 'not ready\n');
  }

  /** Bytes that are no HTTP, or a head that took too long. There may be a tunnel and so an agent to record it under. */
  #unreadable(error: NodeJS.ErrnoException, socket: Socket): void {
    // Its refusal is on the way; what was pipelined behind it is thrown away.
    if (this.connections.isFinished(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable || this.connections.isBusy(socket)) {
      socket.destroy();
      return;
    }
    const tunnel = this.connections.tunnelOf(socket);
    const exchange = new Exchange(
      tunnel?.scheme ?? 'http',
      tunnel === undefined ? clientAddressOf(socket) : tunnel.clientAddress,
    );
    exchange.identity = tunnel?.identity;
    exchange.tunnelTarget = tunnel?.target;
    if (tunnel !== undefined) tunnel.requests += 1;
    const refusal = asRefusal(unreadableRefusal(error, this.config.gateway), exchange);
    answerAndClose(socket, refusal, exchange.id);
    this.recorder.record(exchange, refusal.level);
  }
}
