import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Actor, AuditedState, AuditEventDraft, AuditEventKind } from '../audit/audit-event.js';
import { AuditedChanges } from '../audit/audited-changes.js';
import { DomainError } from '../persistence/domain-error.js';
import { expectVersion } from '../persistence/row-version.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { Agent } from './agent.entity.js';
import { auditedAgent } from './agent.view.js';

/** Which agent is changed by whom, and what the record calls it. */
export interface AgentChange {
  readonly actor: Actor;
  readonly projectId: string;
  readonly id: string;
  readonly expectedVersion?: string | undefined;
  readonly kind: AuditEventKind;
}

/** Changes the agent. Answers what the record shows of it; undefined: the agent itself before and after. */
export type AgentWork = (agent: Agent, em: EntityManager) => Promise<AgentDifference> | AgentDifference | undefined;

export interface AgentDifference {
  readonly before: AuditedState;
  readonly after: AuditedState;
}

/** One change of one agent that exists. Throws NOT_FOUND, STALE_VERSION and what the work throws. */
@Injectable()
export class AgentChanges {
  constructor(private readonly changes: AuditedChanges) {}

  /** Answers the agent as it is now. What leaves it as it was is no change: no event, the same version. */
  async run({ actor, projectId, id, expectedVersion, kind }: AgentChange, work: AgentWork): Promise<Agent> {
    return this.changes.run(actor, projectId, async (em) => {
      const agent = await lockedAgent(em, projectId, id);
      expectVersion(agent, expectedVersion);
      const was = auditedAgent(agent);
      const { before, after } = (await work(agent, em)) ?? { before: was, after: auditedAgent(agent) };
      if (JSON.stringify(before) === JSON.stringify(after)) return { result: agent };
      agent.version += 1;
      return { result: agent, event: agentEvent(kind, agent, before, after) };
    });
  }
}

/** The agent, held until the transaction ends. Throws NOT_FOUND. */
export async function lockedAgent(em: EntityManager, projectId: string, id: string): Promise<Agent> {
  const agent = isUuid(id)
    ? await em.findOne(Agent, { projectId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (agent === null) throw noSuchAgent();
  return agent;
}

export function agentEvent(
  kind: AuditEventKind,
  agent: Agent,
  before: AuditedState | null,
  after: AuditedState | null,
): AuditEventDraft {
  return { kind, entity: 'agent', entityId: agent.id, entityName: agent.name, before, after };
}

export function noSuchAgent(): DomainError {
  return new DomainError('NOT_FOUND', 'There is no such agent.');
}
