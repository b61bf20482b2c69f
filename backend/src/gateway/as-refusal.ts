import type { Exchange } from './exchange.js';
import { Refusal, type RefusalCode } from './refusal.js';
import type { RequestDecision } from '../../../libs/contracts/requests.js';

/** What a refusal means in the request log's column of decisions. */
const DECISIONS: Readonly<Partial<Record<RefusalCode, RequestDecision>>> = {
  blocked_by_policy: 'blocked',
  blocked_by_default_policy: 'blocked',
  rate_limited: 'rate_limited',
  upstream_unresolved: 'failed',
  upstream_unreachable: 'failed',
  upstream_tls_untrusted: 'failed',
  upstream_protocol_error: 'failed',
  upstream_timeout: 'failed',
  internal_error: 'failed',
};

/**
 * The one place where whatever went wrong becomes an answer, and the exchange's trace learns of it. A fault that is no
 * refusal is our own: the agent gets no detail, the log line gets the fault's name and message.
 */
export function asRefusal(error: unknown, exchange: Exchange): Refusal {
  const refusal =
    error instanceof Refusal
      ? error
      : new Refusal('internal_error', 'The gateway failed on this request; it was not sent.');
  exchange.refusal = refusal.code;
  exchange.decision = DECISIONS[refusal.code] ?? 'refused';
  exchange.status = refusal.status;
  exchange.fault = error instanceof Refusal ? undefined : describeFault(error);
  return refusal;
}

export function describeFault(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault';
}
