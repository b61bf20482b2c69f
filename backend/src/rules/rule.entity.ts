import { Check, Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { RateLimitWindow, RuleAction } from '../../../libs/contracts/rules.js';

/** What a project lets its agents do: where it applies and its action. */
@Entity({ tableName: 'rule' })
@Index({ name: 'rule_project_id_index', properties: ['projectId'] })
@Index({ name: 'rule_agent_id_index', properties: ['agentId'] })
@Check({ name: 'rule_action_check', expression: "action in ('block', 'rate_limit', 'allow')" })
@Check({ name: 'rule_rate_limit_check', expression: 'rate_limit >= 1 and rate_limit <= 1000000000' })
@Check({ name: 'rule_rate_limit_window_check', expression: "rate_limit_window in ('second', 'minute', 'hour', 'day')" })
@Check({
  name: 'rule_limit_fields_check',
  expression:
    "(action = 'rate_limit') = (rate_limit is not null) and (action = 'rate_limit') = (rate_limit_window is not null)",
})
export class Rule {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  projectId!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  hostPattern!: string;

  @Property({ type: 'text', nullable: true })
  pathPattern!: string | null;

  @Property({ type: 'text', nullable: true })
  method!: string | null;

  /** Null: all agents of the project. */
  @Property({ type: 'uuid', nullable: true })
  agentId!: string | null;

  @Property({ type: 'text' })
  action!: RuleAction;

  @Property({ type: 'integer', nullable: true })
  rateLimit!: number | null;

  @Property({ type: 'text', nullable: true })
  rateLimitWindow!: RateLimitWindow | null;

  @Property({ type: 'boolean' })
  enabled!: boolean;

  @Property({ type: 'datetime', length: 3 })
  createdAt!: Date;

  @Property({ type: 'datetime', length: 3 })
  updatedAt!: Date;

  @Property({ type: 'integer' })
  version!: number;
}
