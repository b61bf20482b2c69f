import { RATE_LIMIT_WINDOW_SECONDS } from '../../../libs/contracts/rules.js';
import { parseHostPattern } from '../../../libs/patterns/host-pattern.js';
import { parseMethodList } from '../../../libs/patterns/method-list.js';
import { parsed, unreadable, type Parsed } from '../../../libs/patterns/parsed.js';
import { parsePathPattern, type PathPattern } from '../../../libs/patterns/path-pattern.js';
import type { CompiledRule, RateLimit } from './compiled-policy.js';
import type { RuleRecord } from './snapshot.js';

/** Compiles one stored (or drafted) rule, or says which part of it cannot be read. */
export function compileRule(record: RuleRecord): Parsed<CompiledRule> {
  const host = parseHostPattern(record.hostPattern);
  if (!host.ok) return host;
  const path = compilePath(record.pathPattern);
  if (!path.ok) return path;
  const methods = parseMethodList(record.method);
  if (!methods.ok) return methods;
  const rateLimit = compileRateLimit(record);
  if (!rateLimit.ok) return rateLimit;
  const { id, name, action, agentId } = record;
  return parsed({
    ...{ id, name, action, agentId },
    ...{ host: host.value, path: path.value, methods: methods.value, rateLimit: rateLimit.value },
  });
}

/** Null and the empty text are any path. */
export function compilePath(pattern: string | null): Parsed<PathPattern | null> {
  return pattern === null || pattern === '' ? parsed(null) : parsePathPattern(pattern);
}

function compileRateLimit(record: RuleRecord): Parsed<RateLimit | null> {
  if (record.action !== 'rate_limit') return parsed(null);
  const { rateLimit: limit, rateLimitWindow: window } = record;
  if (limit === null || window === null || !Number.isSafeInteger(limit) || limit < 1) {
    return unreadable('A rate limit has a number of requests, at least 1, and a window.');
  }
  return parsed({ limit, window, windowSeconds: RATE_LIMIT_WINDOW_SECONDS[window] });
}
