import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { Exchange, type Tunnel } from './exchange.js';
import { answerAndClose } from './listener/raw-answer.js';
import { clientAddressOf } from './listener/client-address.js';
import { Connections } from './listener/connections.js';
import { checkRequestHead } from './listener/request-head.js';
import { requestedAuthority } from './listener/requested-target.js';
import { proxyAuthorizationValues } from './proxy-auth/proxy-authorization.js';
import { firstByte } from './mitm/first-byte.js';
import { HandshakeTurns } from './mitm/handshake-turns.js';
import { intercept, InterceptError } from './mitm/intercept.js';
import { LeafCertificates } from './mitm/leaf-certificates.js';
import { ProxyAuth } from './proxy-auth/proxy-auth.js';
import { ExchangeRecorder } from './record/exchange-recorder.js';
import { Refusal } from './refusal.js';
import { asRefusal } from './as-refusal.js';

const TLS_HANDSHAKE = 0x16;

/**
 * One CONNECT, top to bottom: target → authenticate → admit → 200 → what flows inside. The requests inside are exchanges of
 * their own; the tunnel itself is recorded when it was refused or when it ended without a single request.
 */
@Injectable()
export class GatewayTunnel {
  readonly #turns = new HandshakeTurns();

  constructor(
    private readonly auth: ProxyAuth,
    private readonly leaves: LeafCertificates,
    private readonly connections: Connections,
    private readonly recorder: ExchangeRecorder,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** `server` serves the HTTP inside. Never throws: whatever happens is answered and recorded. */
  async open(request: IncomingMessage, socket: Socket, head: Buffer, server: Server): Promise<void> {
    const exchange = new Exchange('tunnel', clientAddressOf(request.socket));
    exchange.method = 'CONNECT';
    socket.on('error', ignore);
    let tunnel: Tunnel;
    try {
      tunnel = this.#admit(exchange, request, socket);
    } catch (error) {
      const refusal = asRefusal(error, exchange);
      answerAndClose(socket, refusal, exchange.id);
      this.recorder.record(exchange, refusal.level);
      return;
    }
    this.connections.open(socket, tunnel, () => {
      if (tunnel.requests === 0) this.recorder.record(exchange);
    });
    exchange.status = 200;
    exchange.decision = 'allowed';
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    try {
      await this.#serve(socket, tunnel, server);
    } catch (error) {
      this.#close(exchange, socket, error);
    }
  }

  #admit(exchange: Exchange, request: IncomingMessage, socket: Socket): Tunnel {
    if (this.connections.tunnelOf(socket) !== undefined) {
      throw new Refusal('method_refused', 'A CONNECT inside a tunnel is not served; open a tunnel of its own.');
    }
    checkRequestHead(request, this.config.gateway);
    if (hasBody(request))
      throw new Refusal('malformed_request', 'A CONNECT has no body: what follows it is the tunnel.');
    const target = requestedAuthority(request);
    exchange.tunnelTarget = target;
    const identity = this.auth.authenticate(proxyAuthorizationValues(request.rawHeaders), exchange.clientAddress);
    exchange.identity = identity;
    exchange.authenticated = performance.now();
    this.connections.admit(identity.agentId);
    return {
      id: randomUUIDv7(),
      identity,
      target,
      clientAddress: exchange.clientAddress,
      scheme: 'http',
      requests: 0,
      running: 0,
    };
  }

  async #serve(socket: Socket, tunnel: Tunnel, server: Server): Promise<void> {
    const { host } = tunnel.target;
    const byte = await firstByte(socket, this.config.gateway.tlsTimeout);
    if (byte === undefined) return;
    if (byte === TLS_HANDSHAKE) {
      tunnel.scheme = 'https';
      await this.#turns.next(tunnel.identity.agentId);
      if (socket.destroyed) return;
      const context = this.leaves.contextFor(host);
      const tls = await intercept(socket, host, context, this.config.gateway.tlsTimeout);
      tls.on('error', ignore);
      // The HTTP server limits how long a head may take from the moment it gets the socket: not before there is one.
      if ((await firstByte(tls, this.config.gateway.idleTimeout)) === undefined) return;
      this.#feed(tls, tunnel, server);
      return;
    }
    if (!startsMethod(byte)) throw new Refusal('malformed_request', 'Neither TLS nor HTTP came through the tunnel.');
    this.#feed(socket, tunnel, server);
  }

  /** Lets the HTTP server read what flows inside, beginning with what was looked at and left unread. */
  #feed(inner: Socket, tunnel: Tunnel, server: Server): void {
    this.connections.carry(inner, tunnel);
    server.emit('connection', inner);
    inner.resume();
  }

  #close(exchange: Exchange, socket: Socket, error: unknown): void {
    exchange.decision = error instanceof InterceptError && error.kind === 'handshake' ? 'failed' : 'refused';
    exchange.fault = error instanceof Error ? error.message : undefined;
    if (error instanceof InterceptError) {
      exchange.refusal = error.kind === 'sni_mismatch' ? 'misdirected_request' : 'agent_tls_failed';
    } else {
      exchange.refusal = asRefusal(error, exchange).code;
      socket.destroy();
    }
  }
}

/** RFC 9110, 9.3.6: a body has no meaning here, and its first bytes would be taken for the tunnel's. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** RFC 9110, 9.1: methods in use begin with an upper-case letter. */
function startsMethod(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function ignore(): void {
  // The socket's 'close' follows, and that is where its end is handled.
}
