import type { EvaluatePolicyBody, EvaluatedSecretView, PolicyEvaluationView } from '../../../libs/contracts/policy.js';
import type { CreateRuleBody } from '../../../libs/contracts/rules.js';
import { matchesHostName, parseHostPattern } from '../../../libs/patterns/host-pattern.js';
import { DomainError } from '../persistence/domain-error.js';
import { compileRule } from './compile-rule.js';
import { compileSnapshot } from './compile-snapshot.js';
import type { DecidableRequest } from './decidable-request.js';
import { decide, type Decision } from './decide.js';
import { evaluatedRequest } from './evaluated-request.js';
import { DRAFT_ID, explainRules } from './explain-rules.js';
import { explainSecrets } from './explain-secrets.js';
import type { PolicyRecords, RuleRecord } from './snapshot.js';

/**
 * What the gateway would decide about a request and why, by the very functions that decide. Only the rows that concern
 * the host are compiled. Rate limits are not counted, secrets not opened.
 * @throws DomainError VALIDATION when the draft rule cannot be read
 */
export function explain(records: PolicyRecords, body: EvaluatePolicyBody): PolicyEvaluationView {
  const draft = body.draftRule === undefined ? undefined : readDraft(body.draftRule);
  const { revision } = records;
  const evaluated = evaluatedRequest(body.method, body.url);
  if (!evaluated.ok) {
    const { refusal, why } = evaluated;
    return { decision: 'refused', refusal, why, rules: [], secrets: [], revision };
  }
  const { request } = evaluated;
  const snapshot = compileSnapshot(concerning(records, body.agentId, request, draft));
  const decision = decide(snapshot, body.agentId, request);
  return {
    ...outcome(decision),
    rules: explainRules(snapshot, body.agentId, request, decision),
    secrets: withheldWhenRefused(decision, explainSecrets(snapshot, body.agentId, request)),
    revision,
  };
}

function readDraft(body: CreateRuleBody): RuleRecord | undefined {
  const { name, hostPattern, action } = body;
  const record: RuleRecord = {
    ...{ id: DRAFT_ID, name, hostPattern, action },
    ...{ pathPattern: body.pathPattern ?? null, method: body.method ?? null, agentId: body.agentId ?? null },
    ...{ rateLimit: body.rateLimit ?? null, rateLimitWindow: body.rateLimitWindow ?? null },
  };
  const rule = compileRule(record);
  if (!rule.ok) throw DomainError.invalid({ path: 'draftRule', message: rule.why });
  return body.enabled === false ? undefined : record;
}

function concerning(
  records: PolicyRecords,
  agentId: string,
  { host }: DecidableRequest,
  draft: RuleRecord | undefined,
): PolicyRecords {
  const isConcerned = ({ hostPattern }: { readonly hostPattern: string }): boolean => {
    const pattern = parseHostPattern(hostPattern);
    return !pattern.ok || matchesHostName(pattern.value, host);
  };
  const rules = draft === undefined ? records.rules : [...records.rules, draft];
  return {
    ...records,
    agents: records.agents.filter((agent) => agent.id === agentId),
    rules: rules.filter(isConcerned),
    secrets: records.secrets.filter(isConcerned),
  };
}

function outcome(decision: Decision): Pick<PolicyEvaluationView, 'decision' | 'refusal' | 'why'> {
  switch (decision.kind) {
    case 'allowed':
      return { decision: 'allowed', refusal: null, why: whyAllowed(decision.by, decision.rules[0]?.name) };
    case 'limited':
      return {
        decision: 'rate_limited',
        refusal: null,
        why: `Allowed while each of its ${String(decision.limits.length)} rate limit(s) has room.`,
      };
    case 'blocked':
      return {
        decision: 'blocked',
        refusal: 'blocked_by_policy',
        why: `The rule "${decision.rule.name}" blocks it; block rules outrank all others.`,
      };
    case 'blocked_by_default':
      return {
        decision: 'blocked',
        refusal: 'blocked_by_default_policy',
        why: `No rule opens it, and the ${decision.by}'s default is to deny.`,
      };
    case 'unknown_agent':
      return { decision: 'refused', refusal: 'policy_unavailable', why: 'There is no agent with this id.' };
  }
}

function whyAllowed(by: 'rule' | 'default', name: string | undefined): string {
  return by === 'rule' && name !== undefined
    ? `The rule "${name}" allows it and no rule restricts it.`
    : 'No rule matches it, and the default is to allow.';
}

/** A refused request touches no secret. */
function withheldWhenRefused(
  decision: Decision,
  secrets: readonly EvaluatedSecretView[],
): readonly EvaluatedSecretView[] {
  if (decision.kind === 'allowed' || decision.kind === 'limited') return secrets;
  return secrets.map((secret) =>
    secret.injected ? { ...secret, injected: false, why: 'It would be used, but the request is refused.' } : secret,
  );
}
