import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';

/** What an agent used of a rule in the window that began at `windowStart` (epoch milliseconds). */
export interface RateLimitCount {
  readonly ruleId: string;
  readonly agentId: string;
  readonly windowStart: number;
  readonly count: number;
}

const WINDOW = `case rule.rate_limit_window when 'second' then interval '1 second' when 'minute' then interval '1 minute'
  when 'hour' then interval '1 hour' else interval '1 day' end`;

/** Keeps the counts of rate limits over a restart. The gateway counts in memory and writes behind. */
@Injectable()
export class RateLimitCounts {
  constructor(private readonly em: EntityManager) {}

  /** The counts of windows that have not ended. */
  async load(): Promise<RateLimitCount[]> {
    const rows = await this.em.fork().execute<{ rule_id: string; agent_id: string; start: string; count: string }[]>(
      `select rule_id, rate_limit_count.agent_id, floor(extract(epoch from window_start) * 1000)::text as start, count::text
       from rate_limit_count join rule on rule.id = rule_id where window_start + ${WINDOW} > now()`,
    );
    return rows.map((row) => ({
      ruleId: row.rule_id,
      agentId: row.agent_id,
      windowStart: Number(row.start),
      count: Number(row.count),
    }));
  }

  /**
   * Stores the counts in one statement and removes those of ended windows and of deleted rules. A count never goes down,
   * so that writes may come late, twice or out of order.
   */
  async save(counts: readonly RateLimitCount[]): Promise<void> {
    await this.em.fork().transactional(async (em) => {
      const highest = highestCounts(counts);
      if (highest.length > 0) {
        await em.execute(
          `insert into rate_limit_count as stored (rule_id, agent_id, window_start, count)
           select rule_id, agent_id, to_timestamp(start::numeric / 1000), count
           from jsonb_to_recordset(?::jsonb) as given (rule_id uuid, agent_id uuid, start bigint, count bigint)
           order by rule_id, agent_id, start
           on conflict (rule_id, agent_id, window_start) do update set count = greatest(stored.count, excluded.count)`,
          [JSON.stringify(highest)],
        );
      }
      await em.execute(
        `delete from rate_limit_count using rule where rule.id = rule_id and window_start + ${WINDOW} <= now()`,
      );
      await em.execute(
        'delete from rate_limit_count where not exists (select from rule where rule.id = rate_limit_count.rule_id)',
      );
    });
  }
}

/** One row of each key: a statement can't update the same row twice. */
function highestCounts(counts: readonly RateLimitCount[]) {
  const rows = new Map<string, { rule_id: string; agent_id: string; start: number; count: number }>();
  for (const { ruleId, agentId, windowStart, count } of counts) {
    const key = `${ruleId} ${agentId} ${windowStart}`;
    rows.set(key, {
      rule_id: ruleId,
      agent_id: agentId,
      start: windowStart,
      count: Math.max(count, rows.get(key)?.count ?? 0),
    });
  }
  return [...rows.values()];
}
