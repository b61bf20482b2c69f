import { Optional, PageCursor, PageLimit, Uuid } from './fields.js';

/** A page of the audit events, newest first, of everything or of one agent, secret or rule. */
export class AuditEventPageDto {
  @PageLimit()
  readonly limit?: number;

  @PageCursor()
  readonly cursor?: string;

  @Optional()
  @Uuid()
  readonly entityId?: string;
}
