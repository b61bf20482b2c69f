import { Injectable } from '@nestjs/common';
import { EntityManager, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type {
  AccessTokenView,
  AgentView,
  AgentWithTokenView,
  CreateAgentBody,
  RegenerateTokenBody,
  SecretMode,
  UpdateAgentBody,
} from '../../../libs/contracts/agents.js';
import { SYSTEM_ACTOR, type Actor } from '../audit/audit-event.js';
import { AuditedChanges, type AuditedChange } from '../audit/audited-changes.js';
import { UsageReader } from '../audit/usage.reader.js';
import { KeyRing } from '../crypto/key-ring.js';
import { DomainError } from '../persistence/domain-error.js';
import { entityName } from '../persistence/entity-name.js';
import { expectVersion } from '../persistence/row-version.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { giveToken, replaceToken, tokenOf } from './access-token.js';
import { assignedSecretIds, assignSecretIds, removeRulesOf } from './agent-assignments.js';
import { Agent } from './agent.entity.js';
import { auditedAgent, toAgentView } from './agent.view.js';
import {
  agentEvent,
  AgentChanges,
  lockedAgent,
  noSuchAgent,
  type AgentChange,
  type AgentWork,
} from './agent-changes.js';
import { newAgent } from './new-agent.js';

const LONGEST_GRACE = 86_400;
const DEFAULT_AGENT = { name: 'Default agent', identifier: 'default' };

/** Use cases on agents. Throws DomainError NOT_FOUND, AGENT_NOT_FOUND, VALIDATION, CONFLICT, STALE_VERSION. */
@Injectable()
export class AgentsService {
  constructor(
    private readonly em: EntityManager,
    private readonly changes: AuditedChanges,
    private readonly agentChanges: AgentChanges,
    private readonly keyRing: KeyRing,
    private readonly usage: UsageReader,
  ) {}

  /** Makes a default agent for every project that has none. Several processes may start at once. */
  async ensureDefaults(): Promise<void> {
    const projects = await this.em
      .fork()
      .execute<{ id: string }[]>(
        'select id from project where not exists (select from agent where project_id = project.id and is_default)',
      );
    for (const { id } of projects) await this.#ensureDefault(id);
  }

  /** All agents of a project, the default one first, then by name. */
  async list(projectId: string): Promise<AgentView[]> {
    const agents = await this.em
      .fork()
      .find(Agent, { projectId }, { orderBy: { isDefault: 'desc', name: 'asc', id: 'asc' } });
    const lastSeen = await this.usage.agentsLastSeen(agents.map(({ id }) => id));
    return agents.map((agent) => toAgentView(agent, lastSeen.get(agent.id)));
  }

  async get(projectId: string, id: string): Promise<AgentView> {
    const agent = isUuid(id) ? await this.em.fork().findOne(Agent, { projectId, id }) : null;
    if (agent === null) throw noSuchAgent();
    return this.#view(agent);
  }

  async getDefault(projectId: string): Promise<AgentView> {
    const agent = await this.em.fork().findOne(Agent, { projectId, isDefault: true });
    if (agent === null) throw noSuchAgent();
    return this.#view(agent);
  }

  /** The access token is in this answer and can be replaced, not read, later. */
  async create(actor: Actor, projectId: string, body: CreateAgentBody): Promise<AgentWithTokenView> {
    try {
      return await this.changes.run(actor, projectId, (em) => this.#create(em, projectId, body));
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      throw new DomainError('CONFLICT', `An agent with the identifier ${body.identifier} exists; choose another one.`, [
        { path: 'identifier', message: 'It is taken.' },
      ]);
    }
  }

  async update(
    actor: Actor,
    projectId: string,
    id: string,
    body: UpdateAgentBody,
    expectedVersion?: string,
  ): Promise<AgentView> {
    return this.#change({ actor, projectId, id, expectedVersion, kind: 'agent.updated' }, (agent) => {
      if (body.name !== undefined) agent.name = entityName(body.name);
      if (body.defaultPolicy !== undefined) agent.defaultPolicy = onlyStricter(body.defaultPolicy);
      return undefined;
    });
  }

  async setSecretMode(
    actor: Actor,
    projectId: string,
    id: string,
    mode: SecretMode,
    expectedVersion?: string,
  ): Promise<AgentView> {
    return this.#change({ actor, projectId, id, expectedVersion, kind: 'agent.updated' }, (agent) => {
      agent.secretMode = mode;
      return undefined;
    });
  }

  /** The ids of the secrets that count while the agent's mode is `selective`. */
  async secretIds(projectId: string, id: string): Promise<string[]> {
    await this.get(projectId, id);
    return assignedSecretIds(this.em.fork(), id);
  }

  /** Replaces the agent's secrets. An id given twice counts once. */
  async assignSecrets(
    actor: Actor,
    projectId: string,
    id: string,
    secretIds: readonly string[],
    expectedVersion?: string,
  ): Promise<AgentView> {
    const wanted = [...new Set(secretIds.map((secretId) => secretId.toLowerCase()))].sort();
    const what = { actor, projectId, id, expectedVersion, kind: 'agent.secrets_assigned' } as const;
    return this.#change(what, async (agent, em) => {
      const before = { secretIds: await assignedSecretIds(em, id) };
      await assignSecretIds(em, agent, wanted);
      return { before, after: { secretIds: wanted } };
    });
  }

  /** A new token; the old one works for `graceSeconds` more, by default not at all. */
  async regenerateToken(
    actor: Actor,
    projectId: string,
    id: string,
    { graceSeconds = 0 }: RegenerateTokenBody = {},
  ): Promise<AccessTokenView> {
    if (!Number.isInteger(graceSeconds) || graceSeconds < 0 || graceSeconds > LONGEST_GRACE) {
      throw DomainError.invalid({ path: 'graceSeconds', message: `Give 0 to ${LONGEST_GRACE} whole seconds.` });
    }
    let accessToken = '';
    await this.agentChanges.run({ actor, projectId, id, kind: 'agent.token_regenerated' }, (agent) => {
      accessToken = replaceToken(agent, this.keyRing, graceSeconds, Date.now());
      return { before: {}, after: { graceSeconds } };
    });
    return { accessToken };
  }

  /** Its rules and assignments go with it. Throws CONFLICT for the default agent. */
  async remove(actor: Actor, projectId: string, id: string, expectedVersion?: string): Promise<void> {
    await this.changes.run(actor, projectId, async (em) => {
      const agent = await lockedAgent(em, projectId, id);
      expectVersion(agent, expectedVersion);
      if (agent.isDefault) throw new DomainError('CONFLICT', 'The default agent cannot be deleted.');
      const secretIds = await assignedSecretIds(em, id);
      const rules = await removeRulesOf(em, agent);
      em.remove(agent);
      return {
        result: undefined,
        event: agentEvent('agent.deleted', agent, { ...auditedAgent(agent), secretIds, rules }, null),
      };
    });
  }

  /** For the container config: the agent of that identifier, or the default one, with its token. Throws AGENT_NOT_FOUND. */
  async accessTokenOf(projectId: string, identifier?: string): Promise<{ agent: AgentView; accessToken: string }> {
    const which = identifier === undefined ? { isDefault: true } : { identifier };
    const agent = await this.em.fork().findOne(Agent, { projectId, ...which });
    if (agent === null) {
      throw new DomainError(
        'AGENT_NOT_FOUND',
        `There is no agent ${identifier === undefined ? 'yet' : `named ${identifier.slice(0, 64)}`}; create it first.`,
      );
    }
    return { agent: await this.#view(agent), accessToken: tokenOf(agent, this.keyRing) };
  }

  async #create(
    em: EntityManager,
    projectId: string,
    body: CreateAgentBody,
  ): Promise<AuditedChange<AgentWithTokenView>> {
    const parent =
      body.parentIdentifier === undefined ? undefined : await parentOf(em, projectId, body.parentIdentifier);
    const agent = newAgent(projectId, body, parent, new Date());
    const accessToken = giveToken(agent, this.keyRing);
    em.persist(agent);
    await em.flush();
    const secretIds = parent === undefined ? [] : await assignedSecretIds(em, parent.id);
    await assignSecretIds(em, agent, secretIds);
    const after = { ...auditedAgent(agent), ...(parent === undefined ? {} : { secretIds }) };
    return {
      result: { ...toAgentView(agent, undefined), accessToken },
      event: agentEvent('agent.created', agent, null, after),
    };
  }

  async #ensureDefault(projectId: string): Promise<void> {
    await this.changes.run(SYSTEM_ACTOR, projectId, async (em) => {
      if ((await em.count(Agent, { projectId, isDefault: true })) > 0) return { result: undefined };
      const agent = newAgent(projectId, DEFAULT_AGENT, undefined, new Date());
      agent.isDefault = true;
      giveToken(agent, this.keyRing);
      em.persist(agent);
      return { result: undefined, event: agentEvent('agent.created', agent, null, auditedAgent(agent)) };
    });
  }

  async #change(what: AgentChange, work: AgentWork): Promise<AgentView> {
    return this.#view(await this.agentChanges.run(what, work));
  }

  async #view(agent: Agent): Promise<AgentView> {
    return toAgentView(agent, (await this.usage.agentsLastSeen([agent.id])).get(agent.id));
  }
}

async function parentOf(em: EntityManager, projectId: string, identifier: string): Promise<Agent> {
  const parent = await em.findOne(Agent, { projectId, identifier });
  if (parent !== null) return parent;
  throw DomainError.invalid({ path: 'parentIdentifier', message: 'There is no agent with this identifier.' });
}

function onlyStricter(policy: 'allow' | 'deny' | null): 'deny' | null {
  if (policy !== 'allow') return policy;
  throw DomainError.invalid({
    path: 'defaultPolicy',
    message: 'An agent may only be stricter than its project: deny, or null to follow it.',
  });
}
