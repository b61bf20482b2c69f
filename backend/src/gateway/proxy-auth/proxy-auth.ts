import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { hashToken } from '../../crypto/token.js';
import type { AgentIdentity } from '../exchange.js';
import { Refusal } from '../refusal.js';
import { Snapshots } from '../snapshot/snapshots.js';
import { AuthFailures } from './auth-failures.js';
import { readProxyAuthorization } from './proxy-authorization.js';

/** Token → agent, or the refusal. Looks up hashes in memory; the token itself is neither kept nor logged. */
@Injectable()
export class ProxyAuth {
  readonly #failures: AuthFailures;

  constructor(
    private readonly snapshots: Snapshots,
    @Inject(CONFIG) config: Config,
  ) {
    this.#failures = new AuthFailures(config.gateway.authFailuresPerMinute);
  }

  /** `values`: the request's `Proxy-Authorization` fields. Throws {@link Refusal} 407 or 429. */
  authenticate(values: readonly string[], clientAddress: string | null): AgentIdentity {
    const read = readProxyAuthorization(values);
    // A missing token is a question (Java and Chromium ask first), a wrong one is an attempt.
    if (read.kind === 'missing') {
      throw new Refusal('proxy_auth_required', "Send the agent's access token: proxy URL http://x:TOKEN@HOST:10255.");
    }
    const now = Date.now();
    const record = read.kind === 'token' ? this.snapshots.tokens.find(hashToken(read.token), now) : undefined;
    if (record !== undefined) return record;
    const retryAfter = this.#failures.note(clientAddress ?? '', now);
    if (retryAfter !== undefined) {
      throw new Refusal(
        'too_many_auth_failures',
        'Too many wrong access tokens came from this address.',
        {},
        retryAfter,
      );
    }
    throw new Refusal(
      'proxy_auth_required',
      'This access token is not known: it may have been regenerated, revoked or have expired. Ask for a new proxy URL.',
    );
  }

  /** Whether an identity that was established earlier still stands: its token is checked anew for every request. */
  stillStands(identity: AgentIdentity): boolean {
    return this.snapshots.tokens.find(identity.tokenHash, Date.now()) !== undefined;
  }

  /** Until when it stands, as epoch milliseconds: Infinity without an expiry, 0 when it does not stand any more. */
  standsUntil(identity: AgentIdentity): number {
    const record = this.snapshots.tokens.find(identity.tokenHash, Date.now());
    return record === undefined ? 0 : (record.expiresAt ?? Infinity);
  }
}
