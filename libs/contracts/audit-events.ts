/** `GET /v1/audit-events`: who changed what, newest first. States never hold a secret value or a token. */
export interface AuditEventView {
  readonly id: string;
  readonly time: string;
  readonly actor: { readonly kind: string; readonly address: string | null };
  /** As `rule.updated`. */
  readonly kind: string;
  readonly entity: string;
  readonly entityId: string;
  readonly entityName: string;
  /** Null: it did not exist before. */
  readonly before: Readonly<Record<string, unknown>> | null;
  /** Null: it does not exist any more. */
  readonly after: Readonly<Record<string, unknown>> | null;
}

export interface AuditEventFilter {
  readonly entity?: string;
  readonly entityId?: string;
}
