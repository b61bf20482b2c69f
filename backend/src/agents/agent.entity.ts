import { Check, Entity, Index, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import type { DefaultPolicy, SecretMode } from '../../../libs/contracts/agents.js';

/** A program that reaches its APIs through the gateway, known by its access token. */
@Entity({ tableName: 'agent' })
@Unique({ name: 'agent_project_id_identifier_unique', properties: ['projectId', 'identifier'] })
// What the composite foreign keys of rules and assignments point at: none can reach into another project.
@Unique({ name: 'agent_project_id_id_unique', properties: ['projectId', 'id'] })
@Unique({ name: 'agent_default_unique', properties: ['projectId'], where: 'is_default' })
@Check({ name: 'agent_secret_mode_check', expression: "secret_mode in ('all', 'selective')" })
@Check({ name: 'agent_default_policy_check', expression: "default_policy in ('deny')" })
@Check({
  name: 'agent_previous_token_check',
  expression: '(previous_token_hash is null) = (previous_token_expires_at is null)',
})
export class Agent {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  projectId!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  identifier!: string;

  @Property({ type: 'boolean' })
  isDefault!: boolean;

  @Property({ type: 'text' })
  secretMode!: SecretMode;

  /** Null follows the project; an agent is never laxer than its project. */
  @Property({ type: 'text', nullable: true })
  defaultPolicy!: DefaultPolicy | null;

  /** SHA-256 of the access token. */
  @Property({ type: 'text' })
  @Unique({ name: 'agent_token_hash_unique' })
  tokenHash!: string;

  /** The token itself, for the container config, which must show it again. */
  @Property({ type: 'blob' })
  sealedToken!: Buffer;

  /** The token before the last regeneration, while it still works. */
  @Property({ type: 'text', nullable: true })
  previousTokenHash!: string | null;

  @Property({ type: 'datetime', length: 3, nullable: true })
  previousTokenExpiresAt!: Date | null;

  @Property({ type: 'datetime', length: 3, nullable: true })
  expiresAt!: Date | null;

  /** The agent whose secret mode and secrets it started with, by identifier as it was then. */
  @Property({ type: 'text', nullable: true })
  parentIdentifier!: string | null;

  @Property({ type: 'datetime', length: 3 })
  createdAt!: Date;

  @Property({ type: 'integer' })
  version!: number;
}

/** One secret assigned to one agent; counts while the agent's mode is `selective`. */
@Entity({ tableName: 'agent_secret' })
@Index({ name: 'agent_secret_secret_id_index', properties: ['secretId'] })
export class AgentSecret {
  @PrimaryKey({ type: 'uuid' })
  agentId!: string;

  @PrimaryKey({ type: 'uuid' })
  secretId!: string;

  @Property({ type: 'uuid' })
  projectId!: string;
}
