import { Injectable } from '@nestjs/common';
import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import type { CreateSecretBody, SecretView, UpdateSecretBody } from '../../../libs/contracts/secrets.js';
import type { Actor, AuditedState, AuditEventDraft, AuditEventKind } from '../audit/audit-event.js';
import { AuditedChanges } from '../audit/audited-changes.js';
import { UsageReader } from '../audit/usage.reader.js';
import { DomainError } from '../persistence/domain-error.js';
import { entityName } from '../persistence/entity-name.js';
import { expectVersion } from '../persistence/row-version.js';
import { isUuid, uuidV7 } from '../persistence/uuid-v7.js';
import { givenValue, isOauthToken, previewOf } from './given-value.js';
import { changedAim, secretAim, widenedField } from './secret-aim.js';
import { SecretVault } from './secret-vault.js';
import { Secret } from './secret.entity.js';
import { auditedSecret, toSecretView } from './secret.view.js';

/** Use cases on secrets. Throws DomainError NOT_FOUND, VALIDATION, STALE_VERSION. No answer and no error holds a value. */
@Injectable()
export class SecretsService {
  constructor(
    private readonly em: EntityManager,
    private readonly changes: AuditedChanges,
    private readonly vault: SecretVault,
    private readonly usage: UsageReader,
  ) {}

  /** All secrets of a project by name. */
  async list(projectId: string): Promise<SecretView[]> {
    const secrets = await this.em.fork().find(Secret, { projectId }, { orderBy: { name: 'asc', id: 'asc' } });
    const lastUsed = await this.usage.secretsLastUsed(secrets.map(({ id }) => id));
    return secrets.map((secret) => toSecretView(secret, lastUsed.get(secret.id)));
  }

  async get(projectId: string, id: string): Promise<SecretView> {
    const secret = isUuid(id) ? await this.em.fork().findOne(Secret, { projectId, id }) : null;
    if (secret === null) throw notFound();
    return this.#view(secret);
  }

  async create(actor: Actor, projectId: string, body: CreateSecretBody): Promise<SecretView> {
    const value = givenValue(body.value);
    const id = uuidV7();
    const secret = Object.assign(new Secret(), {
      id,
      projectId,
      name: entityName(body.name),
      type: body.type,
      ...secretAim(body.type, body),
      sealedValue: this.vault.seal(id, value),
      preview: previewOf(value),
      isOauthToken: isOauthToken(body.type, value),
      createdAt: new Date(),
      rotatedAt: null,
      version: 1,
    });
    await this.changes.run(actor, projectId, (em) => {
      em.persist(secret);
      return Promise.resolve({
        result: undefined,
        event: event('secret.created', secret, null, auditedSecret(secret)),
      });
    });
    return toSecretView(secret, undefined);
  }

  /** With a value it rotates. Without one, what aims the stored value may only be narrowed (VALIDATION otherwise). */
  async update(
    actor: Actor,
    projectId: string,
    id: string,
    body: UpdateSecretBody,
    expectedVersion?: string,
  ): Promise<SecretView> {
    const changed = await this.changes.run(actor, projectId, async (em) => {
      const secret = await locked(em, projectId, id);
      expectVersion(secret, expectedVersion);
      const before = auditedSecret(secret);
      this.#apply(secret, body);
      const after = auditedSecret(secret);
      const untouched = body.value === undefined && JSON.stringify(before) === JSON.stringify(after);
      if (untouched) return { result: secret };
      secret.version += 1;
      return { result: secret, event: event('secret.updated', secret, before, after) };
    });
    return this.#view(changed);
  }

  /** It is taken from the agents that it was assigned to. */
  async remove(actor: Actor, projectId: string, id: string, expectedVersion?: string): Promise<void> {
    await this.changes.run(actor, projectId, async (em) => {
      const secret = await locked(em, projectId, id);
      expectVersion(secret, expectedVersion);
      // The table belongs to the agents feature, hence SQL; its foreign key would remove them as well, but silently.
      const assigned = await em.execute<{ id: string }[]>(
        'delete from agent_secret where project_id = ? and secret_id = ? returning agent_id as id',
        [projectId, id],
      );
      em.remove(secret);
      const before = { ...auditedSecret(secret), agentIds: assigned.map((agent) => agent.id) };
      return { result: undefined, event: event('secret.deleted', secret, before, null) };
    });
  }

  #apply(secret: Secret, body: UpdateSecretBody): void {
    const aim = changedAim(secret.type, secret, body);
    const widened = widenedField(secret, aim);
    if (widened !== undefined && body.value === undefined) {
      throw DomainError.invalid({
        path: 'value',
        message: `Give the value again: with this ${widened} it would go where it did not go before.`,
      });
    }
    if (body.name !== undefined) secret.name = entityName(body.name);
    if (body.value !== undefined) {
      const value = givenValue(body.value);
      secret.sealedValue = this.vault.seal(secret.id, value);
      secret.preview = previewOf(value);
      secret.isOauthToken = isOauthToken(secret.type, value);
      secret.rotatedAt = new Date();
    }
    Object.assign(secret, aim);
  }

  async #view(secret: Secret): Promise<SecretView> {
    return toSecretView(secret, (await this.usage.secretsLastUsed([secret.id])).get(secret.id));
  }
}

async function locked(em: EntityManager, projectId: string, id: string): Promise<Secret> {
  const secret = isUuid(id)
    ? await em.findOne(Secret, { projectId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (secret === null) throw notFound();
  return secret;
}

function event(
  kind: AuditEventKind,
  secret: Secret,
  before: AuditedState | null,
  after: AuditedState | null,
): AuditEventDraft {
  return { kind, entity: 'secret', entityId: secret.id, entityName: secret.name, before, after };
}

function notFound(): DomainError {
  return new DomainError('NOT_FOUND', 'There is no such secret.');
}
