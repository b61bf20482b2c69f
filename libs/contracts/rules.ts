/** Wire types of `/v1/rules`. */
export const RULE_ACTIONS = ['block', 'rate_limit', 'allow'] as const;
export type RuleAction = (typeof RULE_ACTIONS)[number];

export const RATE_LIMIT_WINDOWS = ['second', 'minute', 'hour', 'day'] as const;
export type RateLimitWindow = (typeof RATE_LIMIT_WINDOWS)[number];

export const RATE_LIMIT_WINDOW_SECONDS: Readonly<Record<RateLimitWindow, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
};

export interface RuleView {
  readonly id: string;
  readonly name: string;
  readonly hostPattern: string;
  readonly pathPattern: string | null;
  /** One method, several separated by commas, or null for any. Upper case. */
  readonly method: string | null;
  /** Null: all agents of the project. */
  readonly agentId: string | null;
  readonly action: RuleAction;
  readonly rateLimit: number | null;
  readonly rateLimitWindow: RateLimitWindow | null;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: string;
}

export interface CreateRuleBody {
  readonly name: string;
  readonly hostPattern: string;
  readonly pathPattern?: string | null;
  readonly method?: string | null;
  readonly agentId?: string | null;
  readonly action: RuleAction;
  /** Both limit fields exactly when the action is `rate_limit`. 1 to 1,000,000,000. */
  readonly rateLimit?: number | null;
  readonly rateLimitWindow?: RateLimitWindow | null;
  readonly enabled?: boolean;
}

export type UpdateRuleBody = Partial<CreateRuleBody>;
