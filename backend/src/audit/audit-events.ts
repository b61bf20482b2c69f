import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { uuidV7 } from '../persistence/uuid-v7.js';
import { AuditEvent } from './audit-event.entity.js';
import type { Actor, AuditEventDraft } from './audit-event.js';

/** Writes the record of changes. */
@Injectable()
export class AuditEvents {
  /** Records inside the transaction that makes the change. Throws when there is none. */
  async record(em: EntityManager, projectId: string, actor: Actor, draft: AuditEventDraft): Promise<void> {
    if (!em.isInTransaction()) throw new Error('a change is recorded inside the transaction that makes it');
    await em.insert(AuditEvent, { id: uuidV7(), projectId, at: new Date(), actor, ...draft });
  }
}
