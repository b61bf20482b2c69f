import type { AgentView } from '../../../libs/contracts/agents.js';
import type { RuleView } from '../../../libs/contracts/rules.js';
import type { SecretView } from '../../../libs/contracts/secrets.js';
import { Failure } from '../failure.js';
import type { ControlPlane } from './control-plane.js';

/** Finds an agent by identifier or id. */
export async function findAgent(controlPlane: ControlPlane, reference: string): Promise<AgentView> {
  const agents = await controlPlane.get<readonly AgentView[]>('/v1/agents');
  return only('agent', reference, agents, (agent) => agent.identifier);
}

/** Finds a secret by name or id. */
export async function findSecret(controlPlane: ControlPlane, reference: string): Promise<SecretView> {
  return only(
    'secret',
    reference,
    await controlPlane.get<readonly SecretView[]>('/v1/secrets'),
    (secret) => secret.name,
  );
}

/** Finds a rule by name or id. */
export async function findRule(controlPlane: ControlPlane, reference: string): Promise<RuleView> {
  return only('rule', reference, await controlPlane.get<readonly RuleView[]>('/v1/rules'), (rule) => rule.name);
}

/**
 * The one thing with this id or name.
 * @throws Failure `notFound` naming what there is, or `conflict` when several have the name
 */
export function only<T extends { readonly id: string }>(
  kind: string,
  reference: string,
  all: readonly T[],
  nameOf: (one: T) => string,
): T {
  const found = all.filter((one) => one.id === reference || nameOf(one) === reference);
  const [first, second] = found;
  if (first === undefined) {
    const names = all.map(nameOf);
    const known =
      names.length === 0
        ? `There are no ${kind}s yet.`
        : `There are: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
    throw new Failure(`There is no ${kind} "${reference}".`, 'notFound', [known]);
  }
  if (second !== undefined) {
    throw new Failure(
      `${found.length} ${kind}s are named "${reference}": give an id instead.`,
      'conflict',
      found.map((one) => one.id),
    );
  }
  return first;
}
