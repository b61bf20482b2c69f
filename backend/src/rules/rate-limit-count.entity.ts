import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';

/**
 * What an agent used of a rule in one window. No foreign keys: counts are written behind, and one that comes after its
 * rule was deleted must not spoil the batch.
 */
@Entity({ tableName: 'rate_limit_count' })
export class RateLimitCountRow {
  @PrimaryKey({ type: 'uuid' })
  ruleId!: string;

  @PrimaryKey({ type: 'uuid' })
  agentId!: string;

  @PrimaryKey({ type: 'datetime', length: 3 })
  windowStart!: Date;

  @Property({ type: new BigIntType('number') })
  count!: number;
}
