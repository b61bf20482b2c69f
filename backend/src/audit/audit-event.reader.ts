import { Injectable } from '@nestjs/common';
import { EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import type { AuditEventFilter, AuditEventView } from '../../../libs/contracts/audit-events.js';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, type Page } from '../../../libs/contracts/paging.js';
import { DomainError } from '../persistence/domain-error.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { AuditEvent } from './audit-event.entity.js';

/** Reads the record of changes. */
@Injectable()
export class AuditEventsReader {
  constructor(private readonly em: EntityManager) {}

  /** One page, newest first; the cursor is the id of the last one seen. Throws VALIDATION for a foreign cursor. */
  async list(
    projectId: string,
    {
      cursor,
      limit = PAGE_LIMIT_DEFAULT,
      entity,
      entityId,
    }: AuditEventFilter & { cursor?: string; limit?: number } = {},
  ): Promise<Page<AuditEventView>> {
    if (cursor !== undefined && !isUuid(cursor)) {
      throw DomainError.invalid({ path: 'cursor', message: 'give back the nextCursor of the page before' });
    }
    if (entityId !== undefined && !isUuid(entityId)) return { items: [], nextCursor: null };
    const size = Math.min(Math.max(limit, 1), PAGE_LIMIT_MAX);
    const where: FilterQuery<AuditEvent> = {
      projectId,
      ...(entity === undefined ? {} : { entity: entity as AuditEvent['entity'] }),
      ...(entityId === undefined ? {} : { entityId }),
      ...(cursor === undefined ? {} : { id: { $lt: cursor } }),
    };
    const rows = await this.em.fork().find(AuditEvent, where, { orderBy: { id: 'desc' }, limit: size + 1 });
    const items = rows.slice(0, size).map(toAuditEventView);
    return { items, nextCursor: rows.length > size ? (items.at(-1)?.id ?? null) : null };
  }
}

function toAuditEventView(event: AuditEvent): AuditEventView {
  const { id, at, actor, kind, entity, entityId, entityName, before, after } = event;
  return { id, time: at.toISOString(), actor, kind, entity, entityId, entityName, before, after };
}
