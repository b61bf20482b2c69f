import { AGENT_IDENTIFIER_PATTERN, type CreateAgentBody } from '../../../libs/contracts/agents.js';
import { DomainError } from '../persistence/domain-error.js';
import { entityName } from '../persistence/entity-name.js';
import { uuidV7 } from '../persistence/uuid-v7.js';
import { Agent } from './agent.entity.js';

/** What a new agent is to be, checked; the token is given afterwards. Throws VALIDATION. */
export function newAgent(projectId: string, body: CreateAgentBody, parent: Agent | undefined, now: Date): Agent {
  return Object.assign(new Agent(), {
    id: uuidV7(),
    projectId,
    name: entityName(body.name),
    identifier: identifier(body.identifier),
    isDefault: false,
    secretMode: parent?.secretMode ?? ('all' as const),
    // A child is never laxer than the agent it comes from.
    defaultPolicy: parent?.defaultPolicy ?? null,
    previousTokenHash: null,
    previousTokenExpiresAt: null,
    expiresAt: body.expiresAt === undefined ? null : expiry(body.expiresAt, now),
    parentIdentifier: parent?.identifier ?? null,
    createdAt: now,
    version: 1,
  });
}

function identifier(text: string): string {
  if (AGENT_IDENTIFIER_PATTERN.test(text)) return text;
  throw DomainError.invalid({
    path: 'identifier',
    message: 'An identifier has 1 to 50 lower-case letters, digits and hyphens, and does not begin with a hyphen.',
  });
}

function expiry(text: string, now: Date): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw DomainError.invalid({ path: 'expiresAt', message: 'Give a time such as 2030-01-31T12:00:00Z.' });
  if (at <= now) throw DomainError.invalid({ path: 'expiresAt', message: 'This time is past.' });
  return at;
}
