import type { DefaultPolicy } from './agents.js';
import type { CreateRuleBody, RuleAction } from './rules.js';

/** `POST /v1/policy/evaluate`: what the gateway would decide, without sending anything or counting it. */
export interface EvaluatePolicyBody {
  readonly agentId: string;
  readonly method: string;
  /** An absolute http or https URL. */
  readonly url: string;
  /** A rule that is not stored yet, weighed in as if it were. */
  readonly draftRule?: CreateRuleBody;
}

export interface EvaluatedRuleView {
  /** Null for the draft. */
  readonly id: string | null;
  readonly name: string;
  readonly action: RuleAction;
  readonly matched: boolean;
  /** One sentence: why it matched, or which part did not. */
  readonly why: string;
}

export interface EvaluatedSecretView {
  readonly id: string;
  readonly name: string;
  readonly injected: boolean;
  /** Why it is injected, or what outranks or withholds it. */
  readonly why: string;
}

export interface PolicyEvaluationView {
  readonly decision: 'allowed' | 'blocked' | 'rate_limited' | 'refused';
  /** The refusal's code when the answer would be the gateway's own. */
  readonly refusal: string | null;
  /** One sentence. */
  readonly why: string;
  /** Rules that concern the host, the deciding ones first. */
  readonly rules: readonly EvaluatedRuleView[];
  readonly secrets: readonly EvaluatedSecretView[];
  readonly revision: number;
}

/** `GET /v1/policy/status`: lets a test or a script wait until a change is served. */
export interface PolicyStatusView {
  readonly revision: number;
  readonly defaultPolicy: DefaultPolicy;
  readonly replicas: readonly { readonly replica: string; readonly revision: number; readonly seenAt: string }[];
}

export interface DefaultPolicyBody {
  readonly defaultPolicy: DefaultPolicy;
}
