import { Injectable } from '@nestjs/common';
import type { Page } from '../../../libs/contracts/paging.js';
import type { RequestDecision, RequestFilter, RequestLogEntryView } from '../../../libs/contracts/requests.js';
import type { RequestStatsView } from '../../../libs/contracts/stats.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { RequestLogDatabase } from './request-log.database.js';
import {
  decodeCursor,
  encodeCursor,
  pageQuery,
  scopeCondition,
  Values,
  type Position,
  type RequestLogScope,
} from './request-log.query.js';
import { ROW_COLUMNS, toView, type RequestLogRow } from './request-log.rows.js';

export type { RequestLogScope } from './request-log.query.js';

/** Rows that an export holds in memory at a time. */
const EXPORT_ROWS = 1000;

/** Reads the request log, always within a scope. */
@Injectable()
export class RequestLogReader {
  constructor(private readonly database: RequestLogDatabase) {}

  /** A page, newest first. Throws DomainError for a filter or cursor that makes no sense. */
  async list(
    scope: RequestLogScope,
    filter: RequestFilter,
    cursor: string | null,
    limit: number,
  ): Promise<Page<RequestLogEntryView>> {
    const rows = await this.#page(scope, filter, cursor === null ? null : decodeCursor(cursor), limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null;
    return { items: items.map(toView), nextCursor };
  }

  async get(scope: RequestLogScope, id: string): Promise<RequestLogEntryView | undefined> {
    return isUuid(id) ? (await this.byIds(scope, [id]))[0] : undefined;
  }

  /** Those of the ids that exist in the scope, oldest first. */
  async byIds(scope: RequestLogScope, ids: readonly string[]): Promise<RequestLogEntryView[]> {
    const values = new Values();
    const text = `select ${ROW_COLUMNS} from request_log where id = any(${values.add(ids)}::uuid[])
      and ${scopeCondition(scope, values)} order by at, id`;
    return (await this.database.rows<RequestLogRow>(text, values.list)).map(toView);
  }

  /** Counts by time bucket and decision, oldest first; buckets without entries are left out. `from` inclusive, `to` exclusive. */
  async stats(scope: RequestLogScope, from: Date, to: Date, bucketSeconds: number): Promise<RequestStatsView> {
    const values = new Values();
    const seconds = values.add(bucketSeconds);
    const text = `
      select (floor(extract(epoch from at) / ${seconds}::integer) * ${seconds}::integer)::double precision as bucket, decision,
        count(*)::double precision as count
      from request_log where ${scopeCondition(scope, values)} and at >= ${values.add(from)} and at < ${values.add(to)}
      group by 1, 2 order by 1`;
    const rows = await this.database.rows<{ bucket: number; decision: RequestDecision; count: number }>(
      text,
      values.list,
    );
    const buckets = new Map<number, Partial<Record<RequestDecision, number>>>();
    for (const { bucket, decision, count } of rows) buckets.set(bucket, { ...buckets.get(bucket), [decision]: count });
    return {
      bucketSeconds,
      buckets: [...buckets].map(([bucket, counts]) => ({ time: new Date(bucket * 1000).toISOString(), counts })),
      total: rows.reduce((sum, row) => sum + row.count, 0),
    };
  }

  /** Whether the project has any entry at all. */
  async hasAny(projectId: string): Promise<boolean> {
    const rows = await this.database.rows('select 1 from request_log where project_id = $1 limit 1', [projectId]);
    return rows.length > 0;
  }

  /** Everything that the filter takes, newest first, page by page: for an export of any length in bounded memory. */
  async *iterate(scope: RequestLogScope, filter: RequestFilter): AsyncGenerator<RequestLogEntryView> {
    let after: Position | null = null;
    for (;;) {
      const rows: RequestLogRow[] = await this.#page(scope, filter, after, EXPORT_ROWS);
      yield* rows.map(toView);
      const last = rows.at(-1);
      if (last === undefined || rows.length < EXPORT_ROWS) return;
      after = positionOf(last);
    }
  }

  #page(
    scope: RequestLogScope,
    filter: RequestFilter,
    after: Position | null,
    limit: number,
  ): Promise<RequestLogRow[]> {
    const { text, values } = pageQuery(scope, filter, after, limit);
    return this.database.rows<RequestLogRow>(text, values);
  }
}

function positionOf(row: RequestLogRow): Position {
  return { at: row.at.getTime(), id: row.id };
}
