import fc from 'fast-check';

import { aPolicy, aRateLimit, aRequest, aRule, anAgent, AGENT } from '../../test/support/policy-builders.js';
import type { RuleAction } from '../../../libs/contracts/rules.js';
import { matchesHost } from '../../../libs/patterns/host-pattern.js';
import { matchesPath } from '../../../libs/patterns/path-pattern.js';
import { compileRule } from './compile-rule.js';
import { compileSnapshot } from './compile-snapshot.js';
import { decide, type Decision } from './decide.js';
import type { DecidableRequest } from './decidable-request.js';
import type { PolicyRecords, RuleRecord } from './snapshot.js';

function decideBy(policy: Partial<PolicyRecords>, request = aRequest(), agentId = AGENT): Decision {
  return decide(compileSnapshot(aPolicy(policy)), agentId, request);
}

/** A decision as `kind: names of its rules`. */
function told(decision: Decision): string {
  return [decision.kind, ...decision.rules.map((rule) => rule.name)].join(' ');
}

describe('deciding a request', () => {
  it('allows it by default when no rule matches', () => {
    expect(decideBy({ rules: [aRule({ action: 'block', hostPattern: 'other.example.com' })] })).toEqual({
      kind: 'allowed',
      by: 'default',
      rules: [],
    });
  });

  it('denies it by default in a project that denies', () => {
    expect(decideBy({ defaultPolicy: 'deny' })).toEqual({ kind: 'blocked_by_default', by: 'project', rules: [] });
  });

  it('denies it by default for an agent that denies in a project that allows', () => {
    const agents = [anAgent({ defaultPolicy: 'deny' }), anAgent({ id: 'agent-2' })];
    expect(decideBy({ agents })).toEqual({ kind: 'blocked_by_default', by: 'agent', rules: [] });
    expect(decideBy({ agents }, aRequest(), 'agent-2').kind).toBe('allowed');
  });

  it('does not let an agent loosen its project', () => {
    const agents = [anAgent({ defaultPolicy: 'allow' })];
    expect(decideBy({ agents, defaultPolicy: 'deny' }).kind).toBe('blocked_by_default');
  });

  it('knows no policy for an agent that the snapshot does not hold', () => {
    expect(decideBy({ rules: [aRule()] }, aRequest(), 'agent-9')).toEqual({ kind: 'unknown_agent', rules: [] });
  });

  it('opens a project that denies by an allow rule and by a rate limit', () => {
    const [allow, limit] = [aRule({ name: 'open' }), aRateLimit({ name: 'limit' })];
    expect(told(decideBy({ defaultPolicy: 'deny', rules: [allow] }))).toBe('allowed open');
    expect(told(decideBy({ defaultPolicy: 'deny', rules: [limit] }))).toBe('limited limit');
  });

  it('takes the most restrictive of all that match, in any order', () => {
    const rules = [aRule({ name: 'open' }), aRateLimit({ name: 'limit' }), aRule({ name: 'stop', action: 'block' })];
    for (const order of [rules, rules.toReversed()]) {
      expect(told(decideBy({ rules: order }))).toBe('blocked stop');
      expect(told(decideBy({ rules: order.filter((rule) => rule.action !== 'block') }))).toBe('limited limit open');
    }
  });

  it('gives every limit that matches, with its window', () => {
    const rules = [
      aRateLimit({ name: 'a', rateLimitWindow: 'hour' }),
      aRateLimit({ name: 'b', hostPattern: '*.example.com', rateLimit: 3 }),
    ];
    const decision = decideBy({ rules });
    expect(decision.kind === 'limited' ? decision.limits.map((rule) => rule.rateLimit) : []).toEqual([
      { limit: 10, window: 'hour', windowSeconds: 3600 },
      { limit: 3, window: 'minute', windowSeconds: 60 },
    ]);
  });

  it('names the oldest of the rules that block, and lists all', () => {
    const older = aRule({ name: 'older', action: 'block', pathPattern: '/v1/*' });
    const newer = aRule({ name: 'newer', action: 'block' });
    for (const rules of [
      [newer, older],
      [older, newer],
    ]) {
      const decision = decideBy({ rules });
      expect(decision.kind === 'blocked' ? decision.rule.name : '').toBe('older');
      expect(told(decision)).toBe('blocked older newer');
    }
  });

  it('applies a rule of an agent to that agent alone', () => {
    const policy = {
      agents: [anAgent(), anAgent({ id: 'agent-2' })],
      rules: [aRule({ action: 'block', agentId: 'agent-2' })],
    };
    expect(decideBy(policy).kind).toBe('allowed');
    expect(decideBy(policy, aRequest(), 'agent-2').kind).toBe('blocked');
  });

  it('applies a rule with a port to that port alone', () => {
    const rules = [aRule({ action: 'block', hostPattern: 'api.example.com:8443' })];
    expect(decideBy({ rules }).kind).toBe('allowed');
    expect(decideBy({ rules }, aRequest('/', { port: 8443 })).kind).toBe('blocked');
  });

  it.each(['*', '*:443', '*.example.com', '*.com', 'api.example.com', 'API.example.com.'])(
    'finds a rule for %s',
    (hostPattern) => {
      expect(decideBy({ rules: [aRule({ action: 'block', hostPattern })] }).kind).toBe('blocked');
    },
  );

  it('restricts a path in every spelling, and counts a limit once', () => {
    const rules = [
      aRule({ action: 'block', pathPattern: '/Admin/*' }),
      aRateLimit({ name: 'limit', pathPattern: '/v1/*' }),
    ];
    for (const path of ['/Admin/x', '/admin/x', '//ADMIN//x/', '/%41dmin%2Fx', '/admin;a=b/x']) {
      expect(decideBy({ rules }, aRequest(path)).kind).toBe('blocked');
    }
    expect(told(decideBy({ rules }, aRequest('/v1/x')))).toBe('limited limit');
    expect(told(decideBy({ rules }, aRequest('/V1//x')))).toBe('limited limit');
  });

  it('restricts a path whose segments upstreams count differently, in each way that they may be counted', () => {
    const rules = [aRule({ action: 'block', pathPattern: '/v1/*/erase' })];
    // One segment that is all parameter, an encoded slash within one segment; spelt so that the exact form does not match.
    for (const path of ['/v1/;a=b/ERASE', '/v1/;a=b/erase/', '/v1/%3Ba/Erase', '/v1/a%2Fb/ERASE', '/v1/a%5cb/erase/']) {
      expect([path, decideBy({ rules }, aRequest(path)).kind]).toEqual([path, 'blocked']);
    }
    for (const path of ['/v1/erase', '/v1/a/b/erase', '/v1/a%2Fb/c/erase']) {
      expect([path, decideBy({ rules }, aRequest(path)).kind]).toEqual([path, 'allowed']);
    }
  });

  it('opens a path in its exact form only', () => {
    const policy = { defaultPolicy: 'deny', rules: [aRule({ pathPattern: '/v1/models' })] } as const;
    expect(decideBy(policy, aRequest('/v1/%6Dodels')).kind).toBe('allowed');
    for (const path of ['/V1/models', '/v1//models', '/v1/models/', '/v1%2Fmodels', '/v1/models;x']) {
      expect(decideBy(policy, aRequest(path)).kind).toBe('blocked_by_default');
    }
  });

  it('restricts claimed methods as if they were sent, and opens the sent one only', () => {
    const rules = [aRule({ action: 'block', method: 'DELETE' }), aRule({ method: 'PATCH', name: 'open' })];
    const claiming = (...claimedMethods: string[]) => aRequest('/x', { method: 'POST', claimedMethods });
    expect(decideBy({ rules, defaultPolicy: 'deny' }, claiming('PUT', 'DELETE')).kind).toBe('blocked');
    expect(decideBy({ rules, defaultPolicy: 'deny' }, claiming('PATCH')).kind).toBe('blocked_by_default');
    expect(told(decideBy({ rules, defaultPolicy: 'deny' }, aRequest('/x', { method: 'PATCH' })))).toBe('allowed open');
  });

  it('is the same with an index as by trying every rule', () => {
    const hostPattern = fc.constantFrom(
      '*',
      '*.example.com',
      'api.example.com',
      'api.example.com:8443',
      '*.com',
      'other.com',
    );
    const pathPattern = fc.option(
      fc.constantFrom(
        '/a',
        '/a/*',
        '/a*',
        '/*',
        '/a/*/c',
        '/**/c',
        '/b',
        '/B/c',
        '/a/b/c',
        '/a/b/c/*',
        '/a%2Fb',
        '/*/b',
        '/c/',
      ),
    );
    const rule = fc.record({
      hostPattern,
      pathPattern,
      method: fc.option(fc.constantFrom('GET', 'POST', 'GET,PUT')),
      agentId: fc.option(fc.constantFrom(AGENT, 'agent-2')),
      action: fc.constantFrom<RuleAction>('block', 'rate_limit', 'allow'),
    });
    const path = fc.constantFrom(
      '/a',
      '/a/',
      '/A',
      '/a/b',
      '/a//b',
      '/a/b/c',
      '/a/B/c',
      '/b',
      '/x/y/c',
      '/a%2Fb',
      '/ab',
      '/b/c',
      '/',
    );
    const request = fc
      .record({
        path,
        method: fc.constantFrom('GET', 'POST', 'PUT'),
        port: fc.constantFrom(443, 8443),
        claimed: fc.constantFrom([], ['PUT']),
      })
      .map(({ path: sent, method, port, claimed }) => aRequest(sent, { method, port, claimedMethods: claimed }));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 30 }), request, (given, asked) => {
        const rules = given.map((some) => (some.action === 'rate_limit' ? aRateLimit(some) : aRule(some)));
        expect(kindAndIds(decideBy({ rules }, asked))).toEqual(naively(rules, asked));
      }),
      { numRuns: 2000 },
    );
  });
});

function kindAndIds(decision: Decision): readonly string[] {
  return [decision.kind, ...decision.rules.map((rule) => rule.id).sort()];
}

/** The contract rule by rule, without an index. */
function naively(rules: readonly RuleRecord[], request: DecidableRequest): readonly string[] {
  const matching = rules.filter((record) => {
    const rule = compileRule(record);
    if (!rule.ok) return false;
    const { host, path, methods, agentId, action } = rule.value;
    const restricts = action !== 'allow';
    const asked = restricts ? [request.method, ...request.claimedMethods] : [request.method];
    const pathFits =
      path === null ||
      matchesPath(path.exact, request.exactPath) ||
      (restricts && matchesPath(path.widened, request.widenedPath));
    return (
      matchesHost(host, request.host, request.port) &&
      (agentId === null || agentId === AGENT) &&
      (methods === null || asked.some((method) => methods.includes(method))) &&
      pathFits
    );
  });
  const ids = (...actions: RuleAction[]) =>
    matching
      .filter(({ action }) => actions.includes(action))
      .map(({ id }) => id)
      .sort();
  if (ids('block').length > 0) return ['blocked', ...ids('block')];
  if (ids('rate_limit').length > 0) return ['limited', ...ids('rate_limit', 'allow')];
  return ['allowed', ...ids('allow')];
}
