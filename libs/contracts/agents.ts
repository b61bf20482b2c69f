/** Wire types of `/v1/agents` (docs/api: agents). Times are ISO 8601 in UTC. */
export type SecretMode = 'all' | 'selective';
export type DefaultPolicy = 'allow' | 'deny';

/** Identifiers name an agent in commands and URLs; unique in their project. */
export const AGENT_IDENTIFIER_PATTERN = /^[a-z0-9][a-z0-9-]{0,49}$/;

export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly isDefault: boolean;
  readonly secretMode: SecretMode;
  /** The agent's own answer to a request that no rule matches; null follows the project. */
  readonly defaultPolicy: DefaultPolicy | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastSeenAt: string | null;
  readonly version: string;
}

/** The token is in the answer of creation and of regeneration, and nowhere else. */
export interface AgentWithTokenView extends AgentView {
  readonly accessToken: string;
}

export interface CreateAgentBody {
  readonly name: string;
  readonly identifier: string;
  /** Start with this agent's secret mode and assigned secrets. */
  readonly parentIdentifier?: string;
  readonly expiresAt?: string;
}

export interface UpdateAgentBody {
  readonly name?: string;
  /** An agent may only be stricter than its project: `deny`, or null to follow the project. */
  readonly defaultPolicy?: DefaultPolicy | null;
}

export interface RegenerateTokenBody {
  /** How long the old token keeps working, in seconds. Default 0. At most 86,400. */
  readonly graceSeconds?: number;
}

export interface AccessTokenView {
  readonly accessToken: string;
}

export interface AssignedSecretsBody {
  readonly secretIds: readonly string[];
}

export interface SecretModeBody {
  readonly mode: SecretMode;
}

export interface SuccessView {
  readonly success: true;
}
