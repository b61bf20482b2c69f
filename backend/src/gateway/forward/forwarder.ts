import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../refusal.js';
import type { Exchange } from '../exchange.js';
import { Deadlines } from './deadlines.js';
import {
  Delivery,
  DeliveryTimeout,
  DownstreamGone,
  WrongProtocol,
  type AddedFields,
  type DeliveryTimeouts,
  type SwitchedProtocols,
} from './delivery.js';
import { codeOf, messageOf } from './fault.js';
import { UpstreamConnectError, type UpstreamOrigin } from './upstream-connection.js';
import type { Upstreams } from './upstreams.js';

/** A request as it leaves: injected, its hop-by-hop fields gone. */
export interface OutgoingRequest {
  readonly origin: UpstreamOrigin;
  readonly method: string;
  /** Sent byte for byte. */
  readonly pathAndQuery: string;
  /** Flat name, value list; `Host` is added from the origin's authority. */
  readonly fields: readonly string[];
  readonly authority: string;
  /** Whose connections it may go on: the agent's own. */
  readonly sharing: string;
  readonly hasBody: boolean;
  /** The protocol that the upstream is asked to switch to. */
  readonly upgrade: 'websocket' | null;
}

/** RFC 9110, 9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const RESET = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Sends requests and passes the answers back. */
export class Forwarder {
  readonly #deadlines = new Deadlines();

  constructor(
    private readonly upstreams: Upstreams,
    private readonly timeouts: DeliveryTimeouts,
  ) {}

  /**
   * Resolves when the answer was passed on whole, or with the upstream's connection when it switched protocols. Rejects with a {@link Refusal} while the agent can still be answered
   * otherwise; with {@link DownstreamGone} when the agent left; with the fault when the answer broke off in the middle (the
   * agent's connection is closed then).
   */
  async forward(
    exchange: Exchange,
    outgoing: OutgoingRequest,
    request: IncomingMessage,
    response: ServerResponse,
    addedFields: AddedFields,
  ): Promise<SwitchedProtocols | undefined> {
    const send = (): Delivery => {
      const delivery = new Delivery(exchange, request, response, outgoing.hasBody, this.timeouts, addedFields);
      this.#deadlines.add(delivery);
      this.upstreams.dispatch(
        outgoing.origin,
        outgoing.sharing,
        {
          path: outgoing.pathAndQuery,
          method: outgoing.method,
          headers: withHost(outgoing),
          body: delivery.body,
          upgrade: outgoing.upgrade,
          idempotent: false,
          blocking: false,
        },
        delivery,
      );
      return delivery;
    };
    const first = send();
    try {
      await first.done;
      return first.switched;
    } catch (error) {
      this.#deadlines.delete(first);
      if (!mayRetry(first, outgoing, error)) throw outcome(first, outgoing, error);
      const second = send();
      try {
        await second.done;
        return second.switched;
      } catch (again) {
        throw outcome(second, outgoing, again);
      } finally {
        this.#deadlines.delete(second);
      }
    } finally {
      this.#deadlines.delete(first);
    }
  }

  async close(): Promise<void> {
    this.#deadlines.close();
    await this.upstreams.close();
  }
}

/** Exactly one `Host`, the target's own (RFC 9112, 3.2.2: a proxy replaces the one that came). */
function withHost({ authority, fields }: OutgoingRequest): string[] {
  const headers = ['host', authority];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? '';
    if (name.length !== 4 || name.toLowerCase() !== 'host') headers.push(name, fields[i + 1] ?? '');
  }
  return headers;
}

/** Once, for an idempotent request without a body, when a pooled connection turned out to be closed. */
function mayRetry(delivery: Delivery, outgoing: OutgoingRequest, error: unknown): boolean {
  return (
    delivery.onStaleConnection &&
    !delivery.answered &&
    !outgoing.hasBody &&
    IDEMPOTENT.has(outgoing.method) &&
    RESET.has(codeOf(error))
  );
}

function outcome(delivery: Delivery, outgoing: OutgoingRequest, error: unknown): Error {
  if (error instanceof DownstreamGone || delivery.answered) return error as Error;
  return refusalOf(outgoing, error);
}

function refusalOf({ origin: { host }, method }: OutgoingRequest, error: unknown): Refusal {
  if (error instanceof UpstreamConnectError) return connectRefusal(host, error);
  // The request went out, so that it may have had its effect: only one that may have it twice is worth another try.
  const retry = IDEMPOTENT.has(method);
  if (error instanceof DeliveryTimeout && error.awaited === 'request body') {
    const message = 'The rest of the request body did not arrive in time.';
    return new Refusal('request_timeout', message, { timeout: error.awaited }, undefined, retry);
  }
  if (error instanceof DeliveryTimeout) {
    const details = { host, timeout: error.awaited };
    const message = `${host} did not answer in time: no ${error.awaited}.`;
    return new Refusal('upstream_timeout', message, details, undefined, retry);
  }
  const code = codeOf(error);
  if (RESET.has(code)) {
    const message = `${host} gave no usable answer: it closed the connection before it answered.`;
    return new Refusal('upstream_unreachable', message, { host, reason: code }, undefined, retry);
  }
  const reason = messageOf(error);
  const refusal = isProtocolError(error, code) ? 'upstream_protocol_error' : 'upstream_unreachable';
  return new Refusal(refusal, `${host} gave no usable answer: ${reason}.`, {
    host,
    reason: code === '' ? reason : code,
  });
}

/** undici 8.12 gives its parser's errors no code; their messages are the parser's own and quote nothing. */
function isProtocolError(error: unknown, code: string): boolean {
  return (
    code.startsWith('HPE_') ||
    code.startsWith('UND_ERR_') ||
    error instanceof WrongProtocol ||
    (error instanceof Error && error.name === 'HTTPParserError')
  );
}

function connectRefusal(host: string, error: UpstreamConnectError): Refusal {
  const details = { host, reason: error.reason };
  switch (error.kind) {
    case 'forbidden':
      return new Refusal(
        'upstream_forbidden',
        `The gateway does not connect to ${host}: ${error.reason}.` +
          (error.setting === undefined ? '' : ` Its operator can allow it with ${error.setting}.`),
        error.setting === undefined ? details : { ...details, setting: error.setting },
      );
    case 'unresolved':
      return new Refusal('upstream_unresolved', `${host} could not be resolved: ${error.reason}.`, details);
    case 'untrusted':
      return new Refusal(
        'upstream_tls_untrusted',
        `The certificate of ${host} is not trusted: ${error.reason}. ` +
          'A private root can be added by the operator with GATEWAY_EXTRA_CA_CERTS.',
        details,
      );
    case 'timeout':
      return new Refusal('upstream_timeout', `${host} did not answer in time: ${error.reason}.`, {
        ...details,
        timeout: 'connect',
      });
    case 'unreachable':
      return new Refusal('upstream_unreachable', `${host} cannot be reached: ${error.reason}.`, details);
  }
}
