import { Injectable } from '@nestjs/common';
import type { RateLimitRule } from '../../policy/compiled-policy.js';
import { Refusal } from '../refusal.js';
import { KeptCounters } from './kept-counters.js';
import type { CountedLimit } from './memory-counters.js';

interface RuleLimit extends CountedLimit {
  readonly rule: RateLimitRule;
}

/** Counts a request against the rate-limit rules that it matches, or refuses it at once. */
@Injectable()
export class RateLimiter {
  /** Rules are immutable values of a snapshot; what is derived from them goes with them. */
  readonly #limits = new WeakMap<RateLimitRule, RuleLimit>();

  constructor(private readonly kept: KeptCounters) {}

  /** Throws the 429 when one of the limits is used up; then none of them was counted. */
  take(rules: readonly RateLimitRule[], agentId: string): void {
    const now = Date.now();
    const exhausted = this.kept.counters.take(
      rules.map((rule) => this.#limitOf(rule)),
      agentId,
      now,
    );
    if (exhausted === undefined) return;
    const { rule } = exhausted.limit;
    const seconds = Math.max(1, Math.ceil((exhausted.resetsAt - now) / 1000));
    throw new Refusal(
      'rate_limited',
      `The rule “${rule.name}” allows ${rule.rateLimit.limit} requests per ${rule.rateLimit.window}; ` +
        `the next window begins in ${seconds} s.`,
      { limit: rule.rateLimit.limit, window: rule.rateLimit.window, rule_name: rule.name },
      seconds,
    );
  }

  #limitOf(rule: RateLimitRule): RuleLimit {
    const known = this.#limits.get(rule);
    if (known !== undefined) return known;
    const limit = { ruleId: rule.id, limit: rule.rateLimit.limit, windowMs: rule.rateLimit.windowSeconds * 1000, rule };
    this.#limits.set(rule, limit);
    return limit;
  }
}
