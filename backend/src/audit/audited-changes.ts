import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';
import { DomainError } from '../persistence/domain-error.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { PolicyChanges } from '../policy-changes/policy-changes.js';
import type { Actor, AuditEventDraft } from './audit-event.js';
import { AuditEvents } from './audit-events.js';

/** What a change answers, and what is to be recorded of it; without an event nothing was changed. */
export interface AuditedChange<T> {
  readonly result: T;
  readonly event?: AuditEventDraft;
}

/**
 * Makes it impossible to change policy and forget the rest: one transaction holds the rows, the audit event and the
 * announcement to the gateways.
 */
@Injectable()
export class AuditedChanges {
  constructor(
    private readonly em: EntityManager,
    private readonly auditEvents: AuditEvents,
    private readonly policyChanges: PolicyChanges,
  ) {}

  /** Throws NOT_FOUND for what is no project, and what the change throws; then nothing has happened. */
  async run<T>(actor: Actor, projectId: string, change: (em: EntityManager) => Promise<AuditedChange<T>>): Promise<T> {
    return this.em.fork().transactional(async (em) => {
      await lockProject(em, projectId);
      const { result, event } = await change(em);
      if (event === undefined) return result;
      // The rows first, so that what the database refuses is refused before anything is said about it.
      await em.flush();
      await this.auditEvents.record(em, projectId, actor, event);
      await this.policyChanges.announce(em, projectId);
      return result;
    });
  }
}

/**
 * Changes of one project come one after the other. The announcement locks the project's row anyhow; locked first, no two
 * changes can wait for each other's rows.
 */
async function lockProject(em: EntityManager, projectId: string): Promise<void> {
  const found = isUuid(projectId)
    ? await em.execute<object[]>('select 1 from project where id = ? for no key update', [projectId])
    : [];
  if (found.length === 0) throw new DomainError('NOT_FOUND', 'There is no such project.');
}
