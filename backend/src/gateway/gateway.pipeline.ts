import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { decide, type Decision } from '../policy/decide.js';
import { selectInjections } from '../policy/select-injections.js';
import type { PolicySnapshot } from '../policy/compiled-policy.js';
import { asRefusal, describeFault } from './as-refusal.js';
import { Exchange, type AgentIdentity, type Tunnel } from './exchange.js';
import { DownstreamGone } from './forward/delivery.js';
import { Forwarder, type OutgoingRequest } from './forward/forwarder.js';
import { requestFields } from './forward/hop-by-hop.js';
import { Hints } from './hints.js';
import { Injector } from './injection/injector.js';
import { clientAddressOf } from './listener/client-address.js';
import { Connections, restarting } from './listener/connections.js';
import { endAfterBody } from './listener/end-after-body.js';
import { checkRequestHead } from './listener/request-head.js';
import { requestedTarget } from './listener/requested-target.js';
import type { RequestTarget } from './listener/request-target.js';
import { ProxyAuth } from './proxy-auth/proxy-auth.js';
import { proxyAuthorizationValues } from './proxy-auth/proxy-authorization.js';
import { RateLimiter } from './rate-limit/rate-limiter.js';
import { ExchangeRecorder } from './record/exchange-recorder.js';
import { Refusal, renderRefusal } from './refusal.js';
import { Snapshots } from './snapshot/snapshots.js';
import type { AgentHandshake } from './websocket/agent-handshake.js';
import { OpenWebSockets } from './websocket/open-websockets.js';

/** A target that was read, and who asks for it. */
interface Entered {
  readonly target: RequestTarget;
  readonly identity: AgentIdentity;
}

/**
 * The corridor: what happens to one request, top to bottom. Every refusal, fault and success leaves by the same door and is
 * recorded. The stages do not know each other.
 */
@Injectable()
export class GatewayPipeline {
  constructor(
    private readonly auth: ProxyAuth,
    private readonly snapshots: Snapshots,
    private readonly limiter: RateLimiter,
    private readonly injector: Injector,
    private readonly forwarder: Forwarder,
    private readonly webSockets: OpenWebSockets,
    private readonly hints: Hints,
    private readonly connections: Connections,
    private readonly recorder: ExchangeRecorder,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Never throws. Resolves when the exchange is over and recorded. A WebSocket's handshake is a request like any other; what
   * follows it when the upstream agrees is the exchange's body in both directions.
   */
  async run(request: IncomingMessage, response: ServerResponse, handshake?: AgentHandshake): Promise<void> {
    const { socket } = request;
    if (this.connections.isFinished(socket)) return;
    const tunnel = this.connections.tunnelOf(socket);
    const exchange = new Exchange(
      tunnel?.scheme ?? 'http',
      tunnel === undefined ? clientAddressOf(socket) : tunnel.clientAddress,
    );
    exchange.method = request.method;
    let level: 'info' | 'warn' | 'error' = 'info';
    this.connections.begin(socket, response);
    const ended = (): void => this.connections.end(socket, response, exchange.admitted);
    (handshake === undefined ? response : socket).once('close', ended);
    try {
      const { target, identity } = this.#enter(exchange, request, tunnel, handshake);
      const snapshot = this.snapshots.current(identity.projectId);
      const decision = decide(snapshot, identity.agentId, target);
      exchange.decided = performance.now();
      this.#enforce(exchange, decision, identity);
      const injected = this.#inject(exchange, request, snapshot, identity, target);
      const outgoing = handshake === undefined ? injected : { ...injected, upgrade: 'websocket' as const };
      if (awaitsContinue(request, response)) response.writeContinue();
      exchange.decision = 'allowed';
      const switched = await this.forwarder.forward(exchange, outgoing, request, response, (status) =>
        this.hints.fieldsFor(status, exchange, snapshot, target),
      );
      if (switched !== undefined && handshake !== undefined) {
        await this.webSockets.carry(exchange, identity, handshake.accept(switched.fields), switched.socket);
      }
    } catch (error) {
      level = this.#leaveSafely(exchange, request, response, error);
    } finally {
      this.recorder.record(exchange, level);
    }
  }

  /** Reads the target once, then establishes who asks; a tunnel's identity is checked anew for each of its requests. */
  #enter(
    exchange: Exchange,
    request: IncomingMessage,
    tunnel: Tunnel | undefined,
    handshake: AgentHandshake | undefined,
  ): Entered {
    if (tunnel !== undefined) {
      tunnel.requests += 1;
      exchange.identity = tunnel.identity;
      exchange.tunnelTarget = tunnel.target;
    }
    if (this.connections.draining) throw restarting();
    checkRequestHead(request, this.config.gateway);
    const target = requestedTarget(request, tunnel);
    exchange.target = target;
    exchange.protocol = handshake === undefined ? target.scheme : 'websocket';
    const identity =
      tunnel?.identity ?? this.auth.authenticate(proxyAuthorizationValues(request.rawHeaders), exchange.clientAddress);
    exchange.identity = identity;
    if (tunnel !== undefined && !this.auth.stillStands(identity)) {
      throw new Refusal(
        'access_revoked',
        "This agent's access token was revoked or regenerated; reconnect with a new one.",
      );
    }
    if (tunnel === undefined) this.connections.claim(request.socket, identity.agentId);
    this.connections.admitExchange(identity.agentId);
    exchange.admitted = identity.agentId;
    exchange.authenticated = performance.now();
    return { target, identity };
  }

  #enforce(exchange: Exchange, decision: Decision, identity: AgentIdentity): void {
    if (decision.rules.length > 0) {
      exchange.ruleIds = decision.rules.map((rule) => rule.id);
      exchange.ruleNames = decision.rules.map((rule) => rule.name);
    }
    switch (decision.kind) {
      case 'allowed':
        this.#requireRecord();
        break;
      case 'limited':
        // Before it is counted: a refusal consumes nothing.
        this.#requireRecord();
        this.limiter.take(decision.limits, identity.agentId);
        break;
      case 'blocked':
        throw new Refusal(
          'blocked_by_policy',
          `The rule “${decision.rule.name}” forbids this request. Do not retry it.`,
          {
            rule_name: decision.rule.name,
          },
        );
      case 'blocked_by_default':
        throw new Refusal(
          'blocked_by_default_policy',
          'No rule allows this request, and without one it is denied. A person can add an allow rule in the console.',
          { console_url: `${this.config.admin.publicUrl}/activity?q=${exchange.id}` },
        );
      case 'unknown_agent':
        throw new Refusal('policy_unavailable', "This agent's policy is being loaded; try again in a moment.", {}, 1);
    }
  }

  /** In an installation that rather refuses than goes unrecorded. */
  #requireRecord(): void {
    if (this.recorder.mustRefuse) {
      throw new Refusal(
        'audit_unavailable',
        'The audit log cannot take more entries; requests wait until it can.',
        {},
        5,
      );
    }
  }

  #inject(
    exchange: Exchange,
    request: IncomingMessage,
    snapshot: PolicySnapshot,
    identity: AgentIdentity,
    target: RequestTarget,
  ): OutgoingRequest {
    const selected = selectInjections(snapshot, identity.agentId, target);
    const fields = requestFields(request.rawHeaders);
    const injected = this.injector.inject(selected.injected, fields, target);
    if (selected.injected.length > 0) {
      exchange.secretIds = selected.injected.map((secret) => secret.id);
      exchange.secretNames = selected.injected.map((secret) => secret.name);
      if (selected.outranked.length > 0)
        exchange.outrankedSecretNames = selected.outranked.map((secret) => secret.name);
    }
    return {
      origin: target,
      authority: target.authority,
      sharing: identity.agentId,
      method: target.method,
      pathAndQuery: injected.pathAndQuery,
      fields: injected.fields,
      hasBody: hasBody(request),
      upgrade: null,
    };
  }

  /** What goes wrong while answering must not become an unhandled rejection, which would end the process for everybody. */
  #leaveSafely(
    exchange: Exchange,
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
  ): 'info' | 'warn' | 'error' {
    try {
      return this.#leave(exchange, request, response, error);
    } catch (second) {
      exchange.fault = `${describeFault(error)}; then ${describeFault(second)}`;
      response.destroy();
      return 'error';
    }
  }

  /** Answers when there is still somebody to answer, and says how the log line is to be written. */
  #leave(
    exchange: Exchange,
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
  ): 'info' | 'warn' | 'error' {
    if (response.headersSent || error instanceof DownstreamGone) {
      exchange.decision = exchange.status === undefined ? 'failed' : exchange.decision;
      exchange.fault = describeFault(error);
      response.destroy();
      return 'info';
    }
    // Whoever waits for a 100 keeps the body back, and the next request could not be told from it. Any other body is read
    // and thrown away, so that the agent, which is still sending it, gets this answer instead of a reset.
    const withheld = request.headers.expect !== undefined && hasBody(request) && exchange.decision !== 'allowed';
    const refusal = asRefusal(error, exchange);
    const { status, headers, body } = renderRefusal(refusal, exchange.id);
    const closes = withheld || CLOSING.has(refusal.code);
    if (closes) this.connections.finish(request.socket);
    response.sendDate = false;
    // The reason of a head that Node refused to write is remembered by it, hence this one.
    response.writeHead(status, STATUS_CODES[status] ?? '', closes ? [...headers, 'Connection', 'close'] : [...headers]);
    exchange.bytesDown = request.method === 'HEAD' ? 0 : body.length;
    // Node writes no body to HEAD.
    if (withheld || MALFORMED.has(refusal.code) || !hasBody(request)) response.end(body);
    else {
      response.write(body);
      endAfterBody(request, response, this.config.gateway.bodyTimeout);
    }
    return refusal.level;
  }
}

/** After these nothing on the connection can be trusted, not even where a body ends. */
const MALFORMED = new Set(['malformed_request', 'malformed_target', 'headers_too_large', 'request_timeout']);
/** After these nothing more can be expected of the connection. */
const CLOSING = new Set([...MALFORMED, 'access_revoked', 'gateway_restarting', 'too_many_connections']);

/**
 * Whether to ask for the body: HTTP/1.0 knows no interim answers (RFC 9110, 15.2), and the final answer must be the next on its
 * connection. Node writes an interim answer to a pipelined request behind the final one's
 * head, so that there it has to be left out (RFC 9110, 10.1.1, lets a client not wait for it for ever).
 */
function awaitsContinue(request: IncomingMessage, response: ServerResponse): boolean {
  return request.headers.expect !== undefined && request.httpVersion === '1.1' && response.socket !== null;
}

/** RFC 9112, 6.3: a request has a body exactly when a framing field says so. */
function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
