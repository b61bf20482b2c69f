import { ForeignKeyConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { DomainError } from '../persistence/domain-error.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { AgentSecret, type Agent } from './agent.entity.js';

/** The ids of the secrets assigned to an agent, in order. */
export async function assignedSecretIds(em: EntityManager, agentId: string): Promise<string[]> {
  const rows = await em.find(AgentSecret, { agentId }, { orderBy: { secretId: 'asc' } });
  return rows.map(({ secretId }) => secretId);
}

/**
 * Makes these the agent's secrets, inside the caller's transaction. The foreign key refuses what is not a secret of the
 * same project, which is said as VALIDATION.
 */
export async function assignSecretIds(em: EntityManager, agent: Agent, secretIds: readonly string[]): Promise<void> {
  const odd = secretIds.find((id) => !isUuid(id));
  if (odd !== undefined) throw noSuchSecret(odd);
  await em.nativeDelete(AgentSecret, { agentId: agent.id });
  if (secretIds.length === 0) return;
  const { id: agentId, projectId } = agent;
  try {
    await em.insertMany(
      AgentSecret,
      secretIds.map((secretId) => ({ agentId, secretId, projectId })),
    );
  } catch (error) {
    if (!(error instanceof ForeignKeyConstraintViolationException)) throw error;
    const missing = /secret_id\)=\([0-9a-f-]+, ([0-9a-f-]+)\)/.exec(
      String((error as { detail?: unknown }).detail),
    )?.[1];
    throw noSuchSecret(missing);
  }
}

/**
 * Removes the rules that were for this agent alone and answers what they were. The table belongs to the rules feature,
 * hence SQL; its foreign key would remove them as well, but silently.
 */
export async function removeRulesOf(em: EntityManager, agent: Agent): Promise<{ id: string; name: string }[]> {
  return em.execute<{ id: string; name: string }[]>(
    'delete from rule where project_id = ? and agent_id = ? returning id, name',
    [agent.projectId, agent.id],
  );
}

function noSuchSecret(id: string | undefined): DomainError {
  const which = id === undefined ? 'One of these ids' : id.slice(0, 64);
  return DomainError.invalid({ path: 'secretIds', message: `${which} is not a secret of this project.` });
}
