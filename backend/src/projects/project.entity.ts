import { Check, Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { DefaultPolicy } from '../../../libs/contracts/agents.js';

/** What separates agents, secrets and rules of one team from another's. */
@Entity({ tableName: 'project' })
@Check({ name: 'project_default_policy_check', expression: "default_policy in ('allow', 'deny')" })
@Check({ name: 'project_audit_spool_full_check', expression: "audit_spool_full in ('drop', 'refuse')" })
@Check({ name: 'project_audit_retention_days_check', expression: 'audit_retention_days > 0' })
export class Project {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'text' })
  name!: string;

  /** The answer to a request that no rule matches. */
  @Property({ type: 'text' })
  defaultPolicy!: DefaultPolicy;

  /** Counts changes of policy; `PolicyChanges.announce` alone writes it. */
  @Property({ type: new BigIntType('number') })
  policyRevision!: number;

  /** What happens to requests when the audit spool is full; null follows the installation. */
  @Property({ type: 'text', nullable: true })
  auditSpoolFull!: 'drop' | 'refuse' | null;

  /** How long request log entries are kept; null follows the installation. */
  @Property({ type: 'integer', nullable: true })
  auditRetentionDays!: number | null;

  @Property({ type: 'datetime', length: 3 })
  createdAt!: Date;

  @Property({ type: 'integer' })
  version!: number;
}
