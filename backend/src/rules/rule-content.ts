import {
  RATE_LIMIT_WINDOWS,
  RULE_ACTIONS,
  type CreateRuleBody,
  type UpdateRuleBody,
} from '../../../libs/contracts/rules.js';
import { formatHostPattern, parseHostPattern } from '../../../libs/patterns/host-pattern.js';
import { formatMethodList, parseMethodList } from '../../../libs/patterns/method-list.js';
import type { Parsed } from '../../../libs/patterns/parsed.js';
import { parsePathPattern } from '../../../libs/patterns/path-pattern.js';
import { DomainError } from '../persistence/domain-error.js';
import { entityName } from '../persistence/entity-name.js';
import { isUuid } from '../persistence/uuid-v7.js';
import type { Rule } from './rule.entity.js';

/** What people say of a rule: the row without its identity and its times. */
export type RuleContent = Pick<
  Rule,
  'name' | 'hostPattern' | 'pathPattern' | 'method' | 'agentId' | 'action' | 'rateLimit' | 'rateLimitWindow' | 'enabled'
>;

const HIGHEST_LIMIT = 1_000_000_000;

/** A rule as it is given, checked and in canonical spelling. Throws VALIDATION with the field that is wrong. */
export function ruleContent(given: CreateRuleBody): RuleContent {
  return {
    name: entityName(given.name),
    hostPattern: formatHostPattern(read('hostPattern', parseHostPattern(given.hostPattern))),
    pathPattern: pathPattern(given.pathPattern ?? null),
    method: formatMethodList(read('method', parseMethodList(given.method ?? null))),
    agentId: agentId(given.agentId ?? null),
    action: oneOf('action', RULE_ACTIONS, given.action),
    ...limit(given),
    enabled: given.enabled ?? true,
  };
}

/**
 * The stored rule with what was given instead; what was not given stays. An action other than `rate_limit` takes the
 * limit away, unless a limit is given with it, which contradicts itself. Throws VALIDATION.
 */
export function changedContent(stored: RuleContent, given: UpdateRuleBody): RuleContent {
  const action = given.action ?? stored.action;
  const kept = action === 'rate_limit' ? stored : { rateLimit: null, rateLimitWindow: null };
  return ruleContent({
    name: given.name ?? stored.name,
    hostPattern: given.hostPattern ?? stored.hostPattern,
    pathPattern: given.pathPattern === undefined ? stored.pathPattern : given.pathPattern,
    method: given.method === undefined ? stored.method : given.method,
    agentId: given.agentId === undefined ? stored.agentId : given.agentId,
    action,
    rateLimit: given.rateLimit === undefined ? kept.rateLimit : given.rateLimit,
    rateLimitWindow: given.rateLimitWindow === undefined ? kept.rateLimitWindow : given.rateLimitWindow,
    enabled: given.enabled ?? stored.enabled,
  });
}

function limit({
  action,
  rateLimit = null,
  rateLimitWindow = null,
}: CreateRuleBody): Pick<Rule, 'rateLimit' | 'rateLimitWindow'> {
  if (action !== 'rate_limit') {
    if (rateLimit !== null) throw invalid('rateLimit', 'Only a rule whose action is rate_limit has a limit.');
    if (rateLimitWindow !== null)
      throw invalid('rateLimitWindow', 'Only a rule whose action is rate_limit has a window.');
    return { rateLimit: null, rateLimitWindow: null };
  }
  if (rateLimit === null || !Number.isInteger(rateLimit) || rateLimit < 1 || rateLimit > HIGHEST_LIMIT) {
    throw invalid('rateLimit', 'A rate_limit rule has a limit from 1 to 1,000,000,000 requests.');
  }
  return { rateLimit, rateLimitWindow: oneOf('rateLimitWindow', RATE_LIMIT_WINDOWS, rateLimitWindow) };
}

function pathPattern(text: string | null): string | null {
  return text === null ? null : read('pathPattern', parsePathPattern(text)).text;
}

function agentId(id: string | null): string | null {
  if (id === null || isUuid(id)) return id?.toLowerCase() ?? null;
  throw noSuchAgent();
}

/** The rule names an agent that is not one of its project. */
export function noSuchAgent(): DomainError {
  return invalid('agentId', 'There is no such agent in this project; leave it out to mean all of them.');
}

function oneOf<T extends string>(path: string, allowed: readonly T[], given: T | null): T {
  if (given !== null && allowed.includes(given)) return given;
  throw invalid(path, `Give one of ${allowed.join(', ')}.`);
}

function read<T>(path: string, read: Parsed<T>): T {
  if (!read.ok) throw invalid(path, read.why);
  return read.value;
}

function invalid(path: string, message: string): DomainError {
  return DomainError.invalid({ path, message });
}
