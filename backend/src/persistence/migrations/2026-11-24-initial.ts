import { Migration } from '@mikro-orm/migrations';

/** Projects, agents, secrets, rules, the root certificate and the record of changes. */
export class Initial extends Migration {
  override up(): void {
    for (const statement of [...PROJECTS, ...SECRETS, ...AGENTS, ...RULES, ...AUDIT, ...INSTALLATION])
      this.addSql(statement);
  }

  override down(): void {
    this.addSql(
      'drop table installation, root_certificate, audit_event, rate_limit_count, rule, agent_secret, agent, secret, project',
    );
    this.addSql('drop function refuse_change_of_audit');
  }
}

const PROJECTS = [
  `create table project (
    id uuid not null,
    name text not null,
    default_policy text not null,
    policy_revision bigint not null,
    audit_spool_full text null,
    audit_retention_days int null,
    created_at timestamptz(3) not null,
    version int not null,
    constraint project_pkey primary key (id),
    constraint project_default_policy_check check (default_policy in ('allow', 'deny')),
    constraint project_audit_spool_full_check check (audit_spool_full in ('drop', 'refuse')),
    constraint project_audit_retention_days_check check (audit_retention_days > 0)
  )`,
];

const SECRETS = [
  `create table secret (
    id uuid not null,
    project_id uuid not null,
    name text not null,
    type text not null,
    sealed_value bytea not null,
    is_oauth_token boolean not null,
    preview text null,
    host_pattern text not null,
    path_pattern text null,
    injection_config jsonb null,
    allow_plain_http boolean not null,
    created_at timestamptz(3) not null,
    rotated_at timestamptz(3) null,
    version int not null,
    constraint secret_pkey primary key (id),
    constraint secret_project_id_id_unique unique (project_id, id),
    constraint secret_project_id_foreign foreign key (project_id) references project (id),
    constraint secret_type_check check (type in ('anthropic', 'openai', 'generic'))
  )`,
];

const AGENTS = [
  `create table agent (
    id uuid not null,
    project_id uuid not null,
    name text not null,
    identifier text not null,
    is_default boolean not null,
    secret_mode text not null,
    default_policy text null,
    token_hash text not null,
    sealed_token bytea not null,
    previous_token_hash text null,
    previous_token_expires_at timestamptz(3) null,
    expires_at timestamptz(3) null,
    parent_identifier text null,
    created_at timestamptz(3) not null,
    version int not null,
    constraint agent_pkey primary key (id),
    constraint agent_project_id_id_unique unique (project_id, id),
    constraint agent_project_id_identifier_unique unique (project_id, identifier),
    constraint agent_token_hash_unique unique (token_hash),
    constraint agent_project_id_foreign foreign key (project_id) references project (id),
    constraint agent_secret_mode_check check (secret_mode in ('all', 'selective')),
    constraint agent_default_policy_check check (default_policy in ('deny')),
    constraint agent_previous_token_check check ((previous_token_hash is null) = (previous_token_expires_at is null))
  )`,
  'create unique index agent_default_unique on agent (project_id) where is_default',
  `create table agent_secret (
    agent_id uuid not null,
    secret_id uuid not null,
    project_id uuid not null,
    constraint agent_secret_pkey primary key (agent_id, secret_id),
    constraint agent_secret_agent_foreign foreign key (project_id, agent_id)
      references agent (project_id, id) on delete cascade,
    constraint agent_secret_secret_foreign foreign key (project_id, secret_id)
      references secret (project_id, id) on delete cascade
  )`,
  'create index agent_secret_secret_id_index on agent_secret (secret_id)',
];

const RULES = [
  `create table rule (
    id uuid not null,
    project_id uuid not null,
    name text not null,
    host_pattern text not null,
    path_pattern text null,
    method text null,
    agent_id uuid null,
    action text not null,
    rate_limit int null,
    rate_limit_window text null,
    enabled boolean not null,
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    version int not null,
    constraint rule_pkey primary key (id),
    constraint rule_project_id_foreign foreign key (project_id) references project (id),
    constraint rule_agent_foreign foreign key (project_id, agent_id)
      references agent (project_id, id) on delete cascade,
    constraint rule_action_check check (action in ('block', 'rate_limit', 'allow')),
    constraint rule_rate_limit_check check (rate_limit >= 1 and rate_limit <= 1000000000),
    constraint rule_rate_limit_window_check check (rate_limit_window in ('second', 'minute', 'hour', 'day')),
    constraint rule_limit_fields_check check (
      (action = 'rate_limit') = (rate_limit is not null) and (action = 'rate_limit') = (rate_limit_window is not null)
    )
  )`,
  'create index rule_project_id_index on rule (project_id)',
  'create index rule_agent_id_index on rule (agent_id)',
  `create table rate_limit_count (
    rule_id uuid not null,
    agent_id uuid not null,
    window_start timestamptz(3) not null,
    count bigint not null,
    constraint rate_limit_count_pkey primary key (rule_id, agent_id, window_start)
  )`,
];

const AUDIT = [
  `create table audit_event (
    id uuid not null,
    project_id uuid not null,
    at timestamptz(3) not null,
    actor jsonb not null,
    kind text not null,
    entity text not null,
    entity_id uuid not null,
    entity_name text not null,
    before jsonb null,
    after jsonb null,
    constraint audit_event_pkey primary key (id)
  )`,
  'create index audit_event_project_id_id_index on audit_event (project_id, id)',
  'create index audit_event_entity_id_index on audit_event (entity_id)',
  `create function refuse_change_of_audit() returns trigger language plpgsql as $body$
  begin
    raise exception 'audit_event is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
  end $body$`,
  `create trigger audit_event_append_only before update or delete or truncate on audit_event
    for each statement execute function refuse_change_of_audit()`,
];

const INSTALLATION = [
  `create table root_certificate (
    id uuid not null,
    certificate_pem text not null,
    sealed_private_key bytea not null,
    fingerprint256 text not null,
    state text not null,
    not_before timestamptz(3) not null,
    not_after timestamptz(3) not null,
    created_at timestamptz(3) not null,
    constraint root_certificate_pkey primary key (id),
    constraint root_certificate_fingerprint256_unique unique (fingerprint256),
    constraint root_certificate_state_check check (state in ('current', 'published', 'retired'))
  )`,
  "create unique index root_certificate_current_unique on root_certificate (state) where state = 'current'",
  // One row: a constant sealed with the installation's key, which tells a wrong key from the right one.
  `create table installation (
    id smallint not null default 1,
    sealed_proof bytea not null,
    created_at timestamptz(3) not null default now(),
    constraint installation_pkey primary key (id),
    constraint installation_id_check check (id = 1)
  )`,
];
