import type { RequestFilter } from '../../../libs/contracts/requests.js';
import { DomainError } from '../persistence/domain-error.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { ROW_COLUMNS } from './request-log.rows.js';

/** Whose entries. `includeUnattributed`: those of nobody too (refused authentication), for the installation's owner. */
export interface RequestLogScope {
  readonly projectId: string;
  readonly includeUnattributed: boolean;
}

/** A place in the list: the entry that the page before ended with. */
export interface Position {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}

export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Collects the values of a statement and gives their placeholders. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/** The page of entries behind a position, newest first. Throws DomainError when the filter makes no sense. */
export function pageQuery(scope: RequestLogScope, filter: RequestFilter, after: Position | null, limit: number): Query {
  const values = new Values();
  const conditions = filterConditions(filter, values);
  if (after !== null) conditions.push(`(at, id) < (${values.add(new Date(after.at))}, ${values.add(after.id)}::uuid)`);
  const rows = values.add(limit);
  const newest = (owner: string) =>
    `(select ${ROW_COLUMNS} from request_log where ${[owner, ...conditions].join(' and ')} order by at desc, id desc limit ${rows})`;
  const own = newest(`project_id = ${values.add(scope.projectId)}`);
  // Two ordered scans merged: an `or` over the leading column would read and sort the whole log.
  const text = scope.includeUnattributed
    ? `select * from (${own} union all ${newest('project_id is null')}) as entries order by at desc, id desc limit ${rows}`
    : own;
  return { text, values: values.list };
}

/** The condition that a row is in scope. For statements that name rows by id. */
export function scopeCondition(scope: RequestLogScope, values: Values): string {
  const own = `project_id = ${values.add(scope.projectId)}`;
  return scope.includeUnattributed ? `(${own} or project_id is null)` : own;
}

function filterConditions(filter: RequestFilter, values: Values): string[] {
  const conditions: string[] = [];
  const equal = (column: string, value: unknown) => conditions.push(`${column} = ${values.add(value)}`);
  if (filter.agentId !== undefined) equal('agent_id', uuid(filter.agentId, 'agentId'));
  if (filter.host !== undefined) equal('host', filter.host.toLowerCase());
  if (filter.method !== undefined) equal('method', filter.method.toUpperCase());
  if (filter.decision !== undefined) equal('decision', filter.decision);
  if (filter.status !== undefined) equal('status', filter.status);
  if (filter.secretId !== undefined)
    conditions.push(`secret_ids @> array[${values.add(uuid(filter.secretId, 'secretId'))}::uuid]`);
  if (filter.ruleId !== undefined)
    conditions.push(`rule_ids @> array[${values.add(uuid(filter.ruleId, 'ruleId'))}::uuid]`);
  if (filter.from !== undefined) conditions.push(`at >= ${values.add(time(filter.from, 'from'))}`);
  if (filter.to !== undefined) conditions.push(`at < ${values.add(time(filter.to, 'to'))}`);
  if (filter.q !== undefined && filter.q !== '') {
    const part = values.add(`%${filter.q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
    conditions.push(`(host ilike ${part} or path ilike ${part} or id::text ilike ${part})`);
  }
  return conditions;
}

function uuid(text: string, path: string): string {
  if (!isUuid(text)) throw DomainError.invalid({ path, message: 'give the id of one that exists' });
  return text;
}

function time(text: string, path: string): Date {
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime()))
    throw DomainError.invalid({ path, message: 'give a time as 2026-01-31T12:00:00Z' });
  return parsed;
}

export function encodeCursor(position: Position): string {
  return Buffer.from(`${position.at}.${position.id}`).toString('base64url');
}

/** Throws DomainError `BAD_REQUEST` for what {@link encodeCursor} did not make. */
export function decodeCursor(cursor: string): Position {
  const [, at, id = ''] = /^(\d{1,15})\.(.{36})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (at === undefined || !isUuid(id)) {
    throw new DomainError('BAD_REQUEST', 'The cursor is not one that this list gave; start again without it.');
  }
  return { at: Number(at), id };
}
