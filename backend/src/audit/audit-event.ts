/** Who asked for a change. `address` is the client's network address, when the change came by the network. */
export interface Actor {
  readonly kind: 'local-user' | 'system';
  readonly address: string | null;
}

/** The program itself: first run, clean-up. */
export const SYSTEM_ACTOR: Actor = { kind: 'system', address: null };

export const AUDITED_ENTITIES = ['project', 'agent', 'secret', 'rule', 'root_certificate'] as const;
export type AuditedEntity = (typeof AUDITED_ENTITIES)[number];

export type AuditEventKind =
  | 'project.created'
  | 'project.updated'
  | 'agent.created'
  | 'agent.updated'
  | 'agent.deleted'
  | 'agent.token_regenerated'
  | 'agent.secrets_assigned'
  | 'secret.created'
  | 'secret.updated'
  | 'secret.deleted'
  | 'rule.created'
  | 'rule.updated'
  | 'rule.deleted'
  | 'root_certificate.created'
  | 'root_certificate.rotated'
  | 'root_certificate.retired';

/** An entity as people see it. Never a value, a token, nor either of them sealed or hashed. */
export type AuditedState = Readonly<Record<string, unknown>>;

/** What a use case says about its change; who, where and when are added when it is recorded. */
export interface AuditEventDraft {
  readonly kind: AuditEventKind;
  readonly entity: AuditedEntity;
  readonly entityId: string;
  readonly entityName: string;
  /** Null: it did not exist. */
  readonly before: AuditedState | null;
  /** Null: it does not exist any more. */
  readonly after: AuditedState | null;
}
