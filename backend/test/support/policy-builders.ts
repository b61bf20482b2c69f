import { canonicalHost } from '../../../libs/patterns/canonical-host.js';
import { readPath } from '../../../libs/patterns/request-path.js';
import type { DecidableRequest } from '../../src/policy/decidable-request.js';
import type { AgentRecord, PolicyRecords, RuleRecord, SecretRecord } from '../../src/policy/snapshot.js';

/** The agent that asks unless a test says otherwise. */
export const AGENT = 'agent-1';

let made = 0;

/** An allow rule for api.example.com. Ids are in the order of making. */
export function aRule(given: Partial<RuleRecord> = {}): RuleRecord {
  made += 1;
  const id = `rule-${String(made).padStart(9, '0')}`;
  return {
    ...{ id, name: id, hostPattern: 'api.example.com', pathPattern: null, method: null, agentId: null },
    ...{ action: 'allow', rateLimit: null, rateLimitWindow: null },
    ...given,
  };
}

/** Ten requests a minute. */
export function aRateLimit(given: Partial<RuleRecord> = {}): RuleRecord {
  return aRule({ action: 'rate_limit', rateLimit: 10, rateLimitWindow: 'minute', ...given });
}

/** A generic secret in the `X-Key` header of api.example.com. Each is newer than the one made before. */
export function aSecret(given: Partial<SecretRecord> = {}): SecretRecord {
  made += 1;
  const id = `secret-${String(made).padStart(9, '0')}`;
  return {
    ...{ id, name: id, type: 'generic', hostPattern: 'api.example.com', pathPattern: null },
    ...{ injectionConfig: { headerName: 'X-Key' }, allowPlainHttp: false },
    ...{ isOauthToken: false, createdAt: new Date(made * 1000), sealedValue: new Uint8Array() },
    ...given,
  };
}

export function anAgent(given: Partial<AgentRecord> = {}): AgentRecord {
  const id = given.id ?? AGENT;
  return { id, name: id, identifier: id, secretMode: 'all', defaultPolicy: null, secretIds: [], ...given };
}

/** A project that allows by default, with one agent. */
export function aPolicy(given: Partial<PolicyRecords> = {}): PolicyRecords {
  return {
    ...{ projectId: 'project-1', revision: 1, defaultPolicy: 'allow', agents: [anAgent()], rules: [], secrets: [] },
    ...given,
  };
}

/** `GET https://api.example.com/v1/models`, or another path, with what else is given. */
export function aRequest(
  path = '/v1/models',
  given: Partial<Omit<DecidableRequest, 'host'>> & { readonly host?: string } = {},
): DecidableRequest {
  const host = canonicalHost(given.host ?? 'api.example.com');
  const forms = readPath(path);
  if (!host.ok || !forms.ok) throw new Error('A request of a test names a canonical host and an unambiguous path.');
  const scheme = given.scheme ?? 'https';
  const asked = { scheme, port: scheme === 'https' ? 443 : 80, method: 'GET', claimedMethods: [], path };
  return { ...asked, ...forms.value, ...given, host: host.value };
}
