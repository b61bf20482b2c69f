import type { EvaluatedSecretView } from '../../../libs/contracts/policy.js';
import { placeInPath } from '../../../libs/patterns/injection.js';
import { matchesPath } from '../../../libs/patterns/path-pattern.js';
import type { CompiledSecret, PolicySnapshot } from './compiled-policy.js';
import type { DecidableRequest } from './decidable-request.js';
import { maySendOver, selectInjections } from './select-injections.js';

/** Every secret of the snapshot with why it is injected, or what outranks or withholds it; the injected ones first. */
export function explainSecrets(
  snapshot: PolicySnapshot,
  agentId: string,
  request: DecidableRequest,
): readonly EvaluatedSecretView[] {
  const { injected } = selectInjections(snapshot, agentId, request);
  const views = snapshot.secrets.map((secret) => ({
    id: secret.id,
    name: secret.name,
    injected: injected.includes(secret),
    why: injected.includes(secret) ? whyInjected(secret) : whyNot(snapshot, secret, injected, agentId, request),
  }));
  return [...views.filter((view) => view.injected), ...views.filter((view) => !view.injected)];
}

function whyInjected(secret: CompiledSecret): string {
  return `It is the most specific secret for this host and path: it goes into ${secret.places.map(placeName).join(' or ')}.`;
}

function whyNot(
  snapshot: PolicySnapshot,
  secret: CompiledSecret,
  injected: readonly CompiledSecret[],
  agentId: string,
  request: DecidableRequest,
): string {
  if (secret.host.port !== null && secret.host.port !== request.port) {
    return `It is for port ${String(secret.host.port)}, and the request goes to port ${String(request.port)}.`;
  }
  if (secret.path !== null && !matchesPath(secret.path.exact, request.exactPath)) {
    return `Its path pattern ${secret.path.text} does not match ${request.exactPath}.`;
  }
  if (secret.injection.kind === 'path' && placeInPath(secret.injection, request.path) === undefined) {
    return 'Its path template does not match the path.';
  }
  if (snapshot.agents.get(agentId)?.mayUse(secret.id) !== true) return 'It is not assigned to this agent.';
  if (!maySendOver(secret, request)) return 'It goes over verified TLS only, and the request is plain HTTP.';
  const winner = injected.find((other) => other.places.some((place) => secret.places.includes(place)));
  return winner === undefined
    ? 'Nothing of it fits this request.'
    : `The secret "${winner.name}" outranks it: a more specific host or path wins, then the newer one.`;
}

function placeName(place: string): string {
  if (place.startsWith('header:')) return `the ${place.slice(7)} header`;
  return place.startsWith('query:') ? `the query parameter ${place.slice(6)}` : 'the path';
}
