import type { DefaultPolicy, SecretMode } from '../../../libs/contracts/agents.js';
import type { RateLimitWindow, RuleAction } from '../../../libs/contracts/rules.js';
import type { InjectionConfig, SecretType } from '../../../libs/contracts/secrets.js';

/** A stored rule as the compiler takes it. Patterns were validated when stored; the compiler validates again. */
export interface RuleRecord {
  readonly id: string;
  readonly name: string;
  readonly hostPattern: string;
  readonly pathPattern: string | null;
  /** Comma-separated upper-case methods, or null for any. */
  readonly method: string | null;
  readonly agentId: string | null;
  readonly action: RuleAction;
  readonly rateLimit: number | null;
  readonly rateLimitWindow: RateLimitWindow | null;
}

/** A stored secret as the compiler takes it. The value stays sealed. */
export interface SecretRecord {
  readonly id: string;
  readonly name: string;
  readonly type: SecretType;
  readonly hostPattern: string;
  readonly pathPattern: string | null;
  readonly injectionConfig: InjectionConfig | null;
  readonly allowPlainHttp: boolean;
  readonly createdAt: Date;
  /** An Anthropic secret that is a subscription's token. */
  readonly isOauthToken: boolean;
  readonly sealedValue: Uint8Array;
}

export interface AgentRecord {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly secretMode: SecretMode;
  readonly defaultPolicy: DefaultPolicy | null;
  /** Ids of the secrets assigned to it; they count when its mode is `selective`. */
  readonly secretIds: readonly string[];
}

/** One project's policy at one revision, as rows. */
export interface PolicyRecords {
  readonly projectId: string;
  readonly revision: number;
  readonly defaultPolicy: DefaultPolicy;
  readonly agents: readonly AgentRecord[];
  readonly rules: readonly RuleRecord[];
  readonly secrets: readonly SecretRecord[];
}

/** What an access token opens. Held for all projects, keyed by `hashToken(token)`. */
export interface AccessTokenRecord {
  readonly tokenHash: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly projectId: string;
  /** Epoch milliseconds after which the token is refused; null: none. */
  readonly expiresAt: number | null;
}
