import type { EvaluatedRuleView } from '../../../libs/contracts/policy.js';
import { matchesPath } from '../../../libs/patterns/path-pattern.js';
import type { CompiledRule, PolicySnapshot } from './compiled-policy.js';
import type { DecidableRequest } from './decidable-request.js';
import type { Decision } from './decide.js';

/** Stands for a rule that is not stored. After every UUID, so that a stored rule answers before a draft does. */
export const DRAFT_ID = '~draft';

/** Every rule of the snapshot with why it matched, or which part did not; the deciding ones first, then the matching. */
export function explainRules(
  snapshot: PolicySnapshot,
  agentId: string,
  request: DecidableRequest,
  decision: Decision,
): readonly EvaluatedRuleView[] {
  const deciding = decidingRules(decision);
  return snapshot.rules
    .map((rule) => {
      const mismatch = mismatchOf(rule, agentId, request);
      const place = deciding.includes(rule) ? 0 : mismatch === undefined ? 1 : 2;
      return { place, view: viewOf(rule, mismatch ?? whyMatched(rule, request, place === 0), mismatch === undefined) };
    })
    .sort((a, b) => a.place - b.place)
    .map(({ view }) => view);
}

function decidingRules(decision: Decision): readonly CompiledRule[] {
  switch (decision.kind) {
    case 'blocked':
      return [decision.rule];
    case 'limited':
      return decision.limits;
    case 'allowed':
    case 'blocked_by_default':
    case 'unknown_agent':
      return decision.rules;
  }
}

function viewOf(rule: CompiledRule, why: string, matched: boolean): EvaluatedRuleView {
  return { id: rule.id === DRAFT_ID ? null : rule.id, name: rule.name, action: rule.action, matched, why };
}

/** The first part that does not fit, as a sentence; undefined when all do. */
function mismatchOf(rule: CompiledRule, agentId: string, request: DecidableRequest): string | undefined {
  if (rule.agentId !== null && rule.agentId !== agentId) return 'It is for another agent.';
  if (rule.host.port !== null && rule.host.port !== request.port) {
    return `It is for port ${String(rule.host.port)}, and the request goes to port ${String(request.port)}.`;
  }
  if (rule.methods !== null && !rule.methods.includes(request.method)) {
    return `It is for ${rule.methods.join(', ')}, and the request is a ${request.method}.`;
  }
  if (
    rule.path === null ||
    matchesPath(rule.path.exact, request.exactPath) ||
    widenedMatch(rule, request) !== undefined
  ) {
    return undefined;
  }
  return `Its path pattern ${rule.path.text} does not match ${request.exactPath}.`;
}

/** The reading of the path that a restrictive rule matches. */
function widenedMatch(rule: CompiledRule, request: DecidableRequest): string | undefined {
  if (rule.action === 'allow' || rule.path === null) return undefined;
  const { widened } = rule.path;
  return [request.widenedPath, ...request.partlyWidenedPaths].find((path) => matchesPath(widened, path));
}

function whyMatched(rule: CompiledRule, request: DecidableRequest, decides: boolean): string {
  const parts = rule.path === null ? 'Its host and method match' : `Its path pattern ${rule.path.text} matches`;
  const loosely =
    rule.path !== null && !matchesPath(rule.path.exact, request.exactPath)
      ? `, since an upstream may read the path as ${widenedMatch(rule, request) ?? request.widenedPath}`
      : '';
  return `${parts}${loosely}${decides ? '.' : ', but it does not decide: a more restrictive or older rule does.'}`;
}
