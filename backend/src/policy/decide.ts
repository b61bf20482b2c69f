import type { CompiledRule, PolicySnapshot, RateLimitRule } from './compiled-policy.js';
import type { DecidableRequest } from './decidable-request.js';

/** What the policy says about a request. `rules` are those that matched, for the log, the deciding ones first. */
export type Decision =
  | { readonly kind: 'allowed'; readonly by: 'rule' | 'default'; readonly rules: readonly CompiledRule[] }
  /** Allowed if every one of these limits has room: check all, then count all. */
  | { readonly kind: 'limited'; readonly limits: readonly RateLimitRule[]; readonly rules: readonly CompiledRule[] }
  | { readonly kind: 'blocked'; readonly rule: CompiledRule; readonly rules: readonly CompiledRule[] }
  | { readonly kind: 'blocked_by_default'; readonly by: 'agent' | 'project'; readonly rules: readonly CompiledRule[] }
  /** The snapshot is older than the agent: there is no policy for it yet. */
  | { readonly kind: 'unknown_agent'; readonly rules: readonly CompiledRule[] };

const NONE: readonly CompiledRule[] = [];
const ALLOWED_BY_DEFAULT: Decision = { kind: 'allowed', by: 'default', rules: NONE };
const DENIED_BY_PROJECT: Decision = { kind: 'blocked_by_default', by: 'project', rules: NONE };
const DENIED_BY_AGENT: Decision = { kind: 'blocked_by_default', by: 'agent', rules: NONE };
const UNKNOWN_AGENT: Decision = { kind: 'unknown_agent', rules: NONE };

/** Reused by every decision: deciding is synchronous, and nothing of it is kept. */
const candidates: CompiledRule[] = [];

/** Decides one request. The most restrictive matching rule wins: `block`, then `rate_limit`, then `allow`. */
export function decide(snapshot: PolicySnapshot, agentId: string, request: DecidableRequest): Decision {
  const agent = snapshot.agents.get(agentId);
  if (agent === undefined) return UNKNOWN_AGENT;
  candidates.length = 0;
  snapshot.ruleIndex.collect(agentId, request, candidates);
  if (candidates.length > 0) {
    const decision = decideByRules(candidates, request);
    if (decision !== undefined) return decision;
  }
  switch (agent.deniedByDefault) {
    case null:
      return ALLOWED_BY_DEFAULT;
    case 'project':
      return DENIED_BY_PROJECT;
    case 'agent':
      return DENIED_BY_AGENT;
  }
}

/** Whether a rule is for this port and method. Restrictive rules count the methods that override fields claim. */
export function fitsPortAndMethod(rule: CompiledRule, request: DecidableRequest): boolean {
  if (rule.host.port !== null && rule.host.port !== request.port) return false;
  const { methods } = rule;
  if (methods === null || methods.includes(request.method)) return true;
  return rule.action !== 'allow' && request.claimedMethods.some((claimed) => methods.includes(claimed));
}

function decideByRules(found: readonly CompiledRule[], request: DecidableRequest): Decision | undefined {
  let blocks: CompiledRule[] | undefined;
  let limits: RateLimitRule[] | undefined;
  let allows: CompiledRule[] | undefined;
  for (const rule of found) {
    if (!fitsPortAndMethod(rule, request)) continue;
    if (rule.action === 'block') blocks = withRule(blocks, rule);
    else if (isRateLimit(rule)) limits = withRule(limits, rule);
    else allows = withRule(allows, rule);
  }
  if (blocks !== undefined) return blocked(blocks);
  if (limits !== undefined) {
    return { kind: 'limited', limits, rules: allows === undefined ? limits : [...limits, ...allows] };
  }
  return allows === undefined ? undefined : { kind: 'allowed', by: 'rule', rules: allows };
}

/** The oldest of the blocking rules answers, so that every replica names the same one (ids are in order of time). */
function blocked(blocks: readonly CompiledRule[]): Decision | undefined {
  const rules = blocks.length === 1 ? blocks : blocks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const [rule] = rules;
  return rule === undefined ? undefined : { kind: 'blocked', rule, rules };
}

/** A rule that matched in both forms of the path was found twice. */
function withRule<R extends CompiledRule>(rules: R[] | undefined, rule: R): R[] {
  if (rules === undefined) return [rule];
  if (!rules.includes(rule)) rules.push(rule);
  return rules;
}

function isRateLimit(rule: CompiledRule): rule is RateLimitRule {
  return rule.rateLimit !== null;
}
