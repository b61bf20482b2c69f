import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Actor, AuditedEntity, AuditedState, AuditEventKind } from './audit-event.js';

/** Who changed what. Append-only: a trigger of the database refuses everything but inserting. */
@Entity({ tableName: 'audit_event' })
@Index({ name: 'audit_event_project_id_id_index', properties: ['projectId', 'id'] })
@Index({ name: 'audit_event_entity_id_index', properties: ['entityId'] })
export class AuditEvent {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** No foreign key: the record of a project outlives it. */
  @Property({ type: 'uuid' })
  projectId!: string;

  @Property({ type: 'datetime', length: 3 })
  at!: Date;

  @Property({ type: 'json' })
  actor!: Actor;

  @Property({ type: 'text' })
  kind!: AuditEventKind;

  @Property({ type: 'text' })
  entity!: AuditedEntity;

  @Property({ type: 'uuid' })
  entityId!: string;

  @Property({ type: 'text' })
  entityName!: string;

  @Property({ type: 'json', nullable: true })
  before!: AuditedState | null;

  @Property({ type: 'json', nullable: true })
  after!: AuditedState | null;
}
