import type { AgentView } from '../../../libs/contracts/agents.js';
import type { Agent } from './agent.entity.js';

/** An agent on the wire: no token, no hash. */
export function toAgentView(agent: Agent, lastSeenAt: Date | undefined): AgentView {
  return {
    id: agent.id,
    name: agent.name,
    identifier: agent.identifier,
    isDefault: agent.isDefault,
    secretMode: agent.secretMode,
    defaultPolicy: agent.defaultPolicy,
    createdAt: agent.createdAt.toISOString(),
    expiresAt: agent.expiresAt?.toISOString() ?? null,
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    version: String(agent.version),
  };
}

/** What the record of changes shows of an agent. */
export function auditedAgent(agent: Agent): Readonly<Record<string, unknown>> {
  return {
    name: agent.name,
    identifier: agent.identifier,
    secretMode: agent.secretMode,
    defaultPolicy: agent.defaultPolicy,
    expiresAt: agent.expiresAt?.toISOString() ?? null,
    ...(agent.parentIdentifier === null ? {} : { parentIdentifier: agent.parentIdentifier }),
  };
}
