import { aPolicy, aRule, AGENT } from '../../test/support/policy-builders.js';
import type { CanonicalHost } from '../../../libs/patterns/canonical-host.js';
import casesJson from '../../../libs/patterns/cases.json' with { type: 'json' };
import type { PatternCases } from '../../../libs/patterns/cases.js';
import { parseOriginTarget } from '../gateway/listener/request-target.js';
import { compileSnapshot } from './compile-snapshot.js';
import { decide } from './decide.js';
import type { RuleRecord } from './snapshot.js';

const cases: PatternCases = casesJson;

/** What the gateway decides about a request that it reads from the wire, by one rule in a project that denies otherwise. */
function decisionBy(
  rule: Partial<RuleRecord>,
  target: { host?: string; port?: number; path?: string; method?: string },
) {
  const { host = 'api.example.com', port = 443, path = '/', method = 'GET' } = target;
  const defaultPolicy = rule.action === 'allow' ? 'deny' : 'allow';
  const snapshot = compileSnapshot(aPolicy({ defaultPolicy, rules: [aRule(rule)] }));
  const origin = { scheme: 'https' as const, host: host as CanonicalHost, port };
  const read = parseOriginTarget(path, origin, { method, claimedMethods: [] });
  return read.ok ? decide(snapshot, AGENT, read.target).kind : read.code;
}

describe('the table of pattern cases, decided by the gateway', () => {
  it.each(cases.hostPatterns)('host $pattern and $host:$port', ({ pattern, host, port, matches }) => {
    const target = { host, port };
    expect(decisionBy({ action: 'allow', hostPattern: pattern }, target)).toBe(
      matches ? 'allowed' : 'blocked_by_default',
    );
    expect(decisionBy({ action: 'block', hostPattern: pattern }, target)).toBe(matches ? 'blocked' : 'allowed');
  });

  it.each(cases.pathPatterns.filter(({ path }) => parses(path)))(
    'path $pattern and $path',
    ({ pattern, path, matches }) => {
      const rule = { action: 'allow', hostPattern: 'api.example.com', pathPattern: pattern } as const;
      expect(decisionBy(rule, { path })).toBe(matches ? 'allowed' : 'blocked_by_default');
    },
  );

  // A row that says no is about the widened form alone; in its exact form the path may match all the same.
  it.each(cases.widenedMatches.filter(({ matches }) => matches))('a restrictive path $pattern and $path', (row) => {
    const rule = { action: 'block', hostPattern: 'api.example.com', pathPattern: row.pattern } as const;
    expect(decisionBy(rule, { path: row.path })).toBe('blocked');
  });

  it.each(cases.ambiguousPaths)('a path that is read or refused: $path', ({ path, ambiguous }) => {
    const decision = decisionBy({ action: 'block', hostPattern: 'elsewhere.example.com' }, { path });
    expect(decision).toBe(ambiguous ? 'ambiguous_path' : 'allowed');
  });

  it.each(cases.methodLists)('methods $list and $method', ({ list, method, matches }) => {
    const rule = { action: 'allow', hostPattern: 'api.example.com', method: list } as const;
    expect(decisionBy(rule, { method })).toBe(matches ? 'allowed' : 'blocked_by_default');
  });
});

/** Rows about the matcher alone may hold paths that no request can have. */
function parses(path: string): boolean {
  const origin = { scheme: 'https' as const, host: 'api.example.com' as CanonicalHost, port: 443 };
  return parseOriginTarget(path, origin, { method: 'GET', claimedMethods: [] }).ok;
}
