import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';
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

  async run<T>(
    actor: Actor,
    projectId: string,
    change: (em: EntityManager) => Promise<AuditedChange<T>>,
  ): Promise<T> {
    return this.em.fork().transactional(async (em) => {
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
