import type { DefaultPolicy, SecretMode } from '../../../libs/contracts/agents.js';
import type { RateLimitWindow, RuleAction } from '../../../libs/contracts/rules.js';
import type { HostPattern } from '../../../libs/patterns/host-pattern.js';
import type { Injection } from '../../../libs/patterns/injection.js';
import type { MethodList } from '../../../libs/patterns/method-list.js';
import type { PathPattern } from '../../../libs/patterns/path-pattern.js';
import type { DecidableRequest } from './decidable-request.js';

export interface RateLimit {
  /** Requests in one window. */
  readonly limit: number;
  readonly window: RateLimitWindow;
  readonly windowSeconds: number;
}

export interface CompiledRule {
  readonly id: string;
  readonly name: string;
  readonly action: RuleAction;
  /** Null: every agent of the project. */
  readonly agentId: string | null;
  readonly host: HostPattern;
  /** Null: any path. */
  readonly path: PathPattern | null;
  readonly methods: MethodList;
  /** Set exactly when the action is `rate_limit`. */
  readonly rateLimit: RateLimit | null;
}

export type RateLimitRule = CompiledRule & { readonly rateLimit: RateLimit };

export interface CompiledSecret {
  readonly id: string;
  readonly name: string;
  readonly host: HostPattern;
  readonly path: PathPattern | null;
  readonly injection: Injection;
  /** What it replaces, see `injectionPlaces`. */
  readonly places: readonly string[];
  readonly allowPlainHttp: boolean;
  readonly sealedValue: Uint8Array;
  /** Position among the project's secrets, the most specific first. */
  readonly rank: number;
}

/** Finds rules without trying all of them (rule-index.ts). */
export interface RuleLookup {
  /**
   * Appends the rules whose host name, agent and path fit; port and method are for the caller. A restrictive rule that
   * fits in both forms of the path is appended twice.
   */
  collect(agentId: string, request: DecidableRequest, into: CompiledRule[]): void;
}

/** Finds secrets without trying all of them (secret-index.ts). */
export interface SecretLookup {
  /** Appends the secrets whose host name and path fit; the port is for the caller. */
  collect(request: DecidableRequest, into: CompiledSecret[]): void;
}

export interface CompiledAgent {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly secretMode: SecretMode;
  /** Who closes what no rule opens; null: it is open. */
  readonly deniedByDefault: 'agent' | 'project' | null;
  /** The secrets that this agent may use. */
  readonly secrets: SecretLookup;
  readonly mayUse: (secretId: string) => boolean;
}

/** One project's policy at one revision, compiled. Nothing in it changes but memoized look-ups. */
export interface PolicySnapshot {
  readonly projectId: string;
  readonly revision: number;
  readonly defaultPolicy: DefaultPolicy;
  readonly agents: ReadonlyMap<string, CompiledAgent>;
  readonly rules: readonly CompiledRule[];
  readonly ruleIndex: RuleLookup;
  /** The most specific first. */
  readonly secrets: readonly CompiledSecret[];
  /** Sentences about stored rows that were left out; only what opens is left out (see compile-snapshot.ts). */
  readonly faults: readonly string[];
}
