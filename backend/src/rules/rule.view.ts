import type { RuleView } from '../../../libs/contracts/rules.js';
import type { Rule } from './rule.entity.js';

/** A rule on the wire. */
export function toRuleView(rule: Rule): RuleView {
  return {
    id: rule.id,
    name: rule.name,
    hostPattern: rule.hostPattern,
    pathPattern: rule.pathPattern,
    method: rule.method,
    agentId: rule.agentId,
    action: rule.action,
    rateLimit: rule.rateLimit,
    rateLimitWindow: rule.rateLimitWindow,
    enabled: rule.enabled,
    createdAt: rule.createdAt.toISOString(),
    updatedAt: rule.updatedAt.toISOString(),
    version: String(rule.version),
  };
}

/** What the record of changes shows of a rule. */
export function auditedRule(rule: Rule): Readonly<Record<string, unknown>> {
  const { name, hostPattern, pathPattern, method, agentId, action, rateLimit, rateLimitWindow, enabled } = rule;
  return { name, hostPattern, pathPattern, method, agentId, action, rateLimit, rateLimitWindow, enabled };
}
