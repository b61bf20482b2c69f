import { placeInPath } from '../../../libs/patterns/injection.js';
import { matchesHost } from '../../../libs/patterns/host-pattern.js';
import { matchesPath } from '../../../libs/patterns/path-pattern.js';
import type { CompiledSecret, PolicySnapshot } from './compiled-policy.js';
import type { DecidableRequest } from './decidable-request.js';

/** The secrets that a request gets, and those that matched but lost each place to a more specific one. */
export interface SelectedInjections {
  readonly injected: readonly CompiledSecret[];
  readonly outranked: readonly CompiledSecret[];
}

/** What the hint on an upstream's 401 or 403 says when nothing was injected. */
export type CredentialHint = 'credential_not_found' | 'access_restricted';

const NONE: readonly CompiledSecret[] = [];
export const NO_INJECTIONS: SelectedInjections = { injected: NONE, outranked: NONE };

/** Reused by every selection: selecting is synchronous, and nothing of it is kept. */
const candidates: CompiledSecret[] = [];

/**
 * Which of the agent's secrets go into this request. For each place the most specific wins: exact host over wildcard,
 * longer literal path over shorter, then the newest.
 */
export function selectInjections(
  snapshot: PolicySnapshot,
  agentId: string,
  request: DecidableRequest,
): SelectedInjections {
  const agent = snapshot.agents.get(agentId);
  if (agent === undefined) return NO_INJECTIONS;
  candidates.length = 0;
  agent.secrets.collect(request, candidates);
  return candidates.length === 0 ? NO_INJECTIONS : settle(candidates, request);
}

/**
 * Why a request got no secret: `access_restricted` when one exists for this host and path that the agent may not use
 * (not assigned to it, or not over plain HTTP), else `credential_not_found`. Walks all secrets: for answers that failed.
 */
export function credentialHint(snapshot: PolicySnapshot, agentId: string, request: DecidableRequest): CredentialHint {
  const { injected } = selectInjections(snapshot, agentId, request);
  const exists = snapshot.secrets.some((secret) => concerns(secret, request) && !injected.includes(secret));
  return exists ? 'access_restricted' : 'credential_not_found';
}

/** Whether a secret is for this host, port and path, whoever asks. */
export function concerns(secret: CompiledSecret, request: DecidableRequest): boolean {
  return (
    matchesHost(secret.host, request.host, request.port) &&
    (secret.path === null || matchesPath(secret.path.exact, request.exactPath)) &&
    hasPlace(secret, request)
  );
}

/** Over plain HTTP everybody on the way reads the value, so the secret itself must say that it may. */
export function maySendOver(secret: CompiledSecret, request: DecidableRequest): boolean {
  return request.scheme === 'https' || secret.allowPlainHttp;
}

function hasPlace(secret: CompiledSecret, request: DecidableRequest): boolean {
  return secret.injection.kind !== 'path' || placeInPath(secret.injection, request.path) !== undefined;
}

function settle(found: CompiledSecret[], request: DecidableRequest): SelectedInjections {
  if (found.length > 1) found.sort(byRank);
  let injected: CompiledSecret[] | undefined;
  let outranked: CompiledSecret[] | undefined;
  for (const secret of found) {
    if (!fits(secret, request)) continue;
    if (injected === undefined) injected = [secret];
    else if (isTaken(injected, secret)) (outranked ??= []).push(secret);
    else injected.push(secret);
  }
  return injected === undefined ? NO_INJECTIONS : { injected, outranked: outranked ?? NONE };
}

function fits(secret: CompiledSecret, request: DecidableRequest): boolean {
  return (
    (secret.host.port === null || secret.host.port === request.port) &&
    maySendOver(secret, request) &&
    hasPlace(secret, request)
  );
}

function isTaken(winners: readonly CompiledSecret[], secret: CompiledSecret): boolean {
  return winners.some((winner) => winner.places.some((place) => secret.places.includes(place)));
}

function byRank(a: CompiledSecret, b: CompiledSecret): number {
  return a.rank - b.rank;
}
