import { Migration } from '@mikro-orm/migrations';

const TABLES = `
create table request_log (
  id uuid primary key,
  project_id uuid,
  at timestamptz not null,
  agent_id uuid,
  agent_name text,
  method text,
  scheme text,
  host text,
  port integer,
  path text,
  decision text not null,
  refusal text,
  rule_ids uuid[] not null,
  rule_names text[] not null,
  secret_ids uuid[] not null,
  secret_names text[] not null,
  outranked_secret_names text[] not null,
  status integer,
  bytes_up bigint not null,
  bytes_down bigint not null,
  duration_ms double precision not null,
  auth_ms double precision,
  decide_ms double precision,
  connect_ms double precision,
  first_byte_ms double precision,
  upstream_address text,
  client_address text,
  replica text not null,
  protocol text not null
);
comment on table request_log is
  'What agents did, one row per exchange. Names and ids are copies of their time: no foreign key, so that rows outlive what they name.';

create table agent_usage (agent_id uuid primary key, last_seen_at timestamptz not null);
create table secret_usage (secret_id uuid primary key, last_used_at timestamptz not null);
`;

/** Each answers one filter of the request log, newest first, without a sort. */
const INDEXES = `
create index request_log_time on request_log (project_id, at desc, id desc);
create index request_log_agent on request_log (project_id, agent_id, at desc, id desc);
create index request_log_host on request_log (project_id, host, at desc, id desc);
create index request_log_decision on request_log (project_id, decision, at desc, id desc);
`;

/**
 * The primary key is a UUIDv7 of the exchange's start, so that the oldest rows are one end of its index: retention needs
 * no index of its own. `at` is compared as well, should an id not carry its time.
 */
const RETENTION = `
create function request_log_expire(before timestamptz, slice integer) returns integer language plpgsql as $body$
declare
  bound uuid := (lpad(to_hex(floor(extract(epoch from before) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
  removed integer;
begin
  delete from request_log where id in (
    select id from request_log where id < bound and at < before order by id limit slice
  );
  get diagnostics removed = row_count;
  return removed;
end $body$;
`;

/** The call stack tells whether the retention function is at work; a setting could be left switched on. */
const APPEND_ONLY = `
create function request_log_refuse() returns trigger language plpgsql as $body$
declare
  stack text;
begin
  get diagnostics stack = pg_context;
  if tg_op = 'DELETE' and position('request_log_expire(timestamp with time zone,integer)' in stack) > 0 then
    return null;
  end if;
  raise exception 'request_log is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
end $body$;

create trigger request_log_append_only before update or delete or truncate on request_log
  for each statement execute function request_log_refuse();
`;

/** The request log, who was seen last, and the guard that keeps the log append-only. */
export class RequestLog extends Migration {
  override up(): void {
    for (const statements of [TABLES, INDEXES, RETENTION, APPEND_ONLY]) this.addSql(statements);
  }

  override down(): void {
    this.addSql('drop table request_log, agent_usage, secret_usage');
    this.addSql('drop function request_log_refuse(), request_log_expire(timestamptz, integer)');
  }
}
