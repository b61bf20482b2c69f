import fc from 'fast-check';

import { aPolicy, aRequest, aSecret, anAgent, AGENT } from '../../test/support/policy-builders.js';
import { compileSnapshot } from './compile-snapshot.js';
import type { DecidableRequest } from './decidable-request.js';
import { credentialHint, selectInjections } from './select-injections.js';
import type { PolicyRecords, SecretRecord } from './snapshot.js';

function select(secrets: readonly SecretRecord[], request = aRequest(), policy: Partial<PolicyRecords> = {}) {
  const { injected, outranked } = selectInjections(compileSnapshot(aPolicy({ secrets, ...policy })), AGENT, request);
  return { injected: injected.map(({ name }) => name), outranked: outranked.map(({ name }) => name) };
}

function winner(secrets: readonly SecretRecord[], request?: DecidableRequest): string | undefined {
  const selected = [select(secrets, request), select(secrets.toReversed(), request)];
  expect(selected[0]).toEqual(selected[1]);
  return selected[0]?.injected.join(' ');
}

describe('selecting secrets', () => {
  it('takes none where none is', () => {
    expect(select([aSecret({ hostPattern: 'other.example.com' })])).toEqual({ injected: [], outranked: [] });
  });

  it('prefers an exact host to a wildcard, and names the one that lost', () => {
    const secrets = [
      aSecret({ name: 'wide', hostPattern: '*.example.com', pathPattern: '/v1/models' }),
      aSecret({ name: 'exact' }),
    ];
    expect(select(secrets)).toEqual({ injected: ['exact'], outranked: ['wide'] });
    expect(select(secrets.toReversed())).toEqual({ injected: ['exact'], outranked: ['wide'] });
  });

  it('prefers the longer literal path, an exact one to a wildcard, and any to none', () => {
    const paths = [null, '/v1/*', '/v1/mod*', '/v1/models*', '/v1/models'];
    for (let longest = 1; longest < paths.length; longest += 1) {
      const secrets = paths
        .slice(0, longest + 1)
        .map((pathPattern, age) => aSecret({ pathPattern, name: pathPattern ?? 'any', createdAt: new Date(-age) }));
      expect(winner(secrets)).toBe(paths[longest]);
    }
  });

  it('prefers the newest of equals', () => {
    const day = (number: number) => new Date(2026, 0, number);
    const secrets = [
      aSecret({ name: 'old', createdAt: day(1) }),
      aSecret({ name: 'new', createdAt: day(3) }),
      aSecret({ createdAt: day(2) }),
    ];
    expect(winner(secrets)).toBe('new');
  });

  it('decides for each place apart, and header names know no case or underscore', () => {
    const header = (headerName: string, name: string) => aSecret({ name, injectionConfig: { headerName } });
    const secrets = [
      header('X-Key', 'old key'),
      header('x_kEY', 'key'),
      header('Authorization', 'bearer'),
      aSecret({ name: 'query', injectionConfig: { paramName: 'key' } }),
      aSecret({ name: 'path', injectionConfig: { pathTemplate: '/v1{value}' } }),
    ];
    const { injected, outranked } = select(secrets);
    expect(injected.toSorted()).toEqual(['bearer', 'key', 'path', 'query']);
    expect(outranked).toEqual(['old key']);
  });

  it('knows that basic, anthropic and openai share the Authorization field, and anthropic x-api-key as well', () => {
    const basic = aSecret({ name: 'basic', injectionConfig: { username: 'me' } });
    const openai = aSecret({ name: 'openai', type: 'openai', injectionConfig: null });
    const key = aSecret({ name: 'key', injectionConfig: { headerName: 'X-Api-Key' } });
    const anthropic = aSecret({ name: 'anthropic', type: 'anthropic', injectionConfig: null });
    expect(select([basic, openai])).toEqual({ injected: ['openai'], outranked: ['basic'] });
    expect(select([basic, openai, key, anthropic])).toEqual({
      injected: ['anthropic'],
      outranked: ['key', 'openai', 'basic'],
    });
  });

  it('matches the exact form of a path only', () => {
    const secrets = [aSecret({ name: 'key', pathPattern: '/v1/models' })];
    expect(select(secrets, aRequest('/v1/%6dodels')).injected).toEqual(['key']);
    for (const path of ['/V1/models', '/v1//models', '/v1/models/', '/v1%2Fmodels']) {
      expect(select(secrets, aRequest(path)).injected).toEqual([]);
    }
  });

  it('keeps a secret for one port to that port', () => {
    const secrets = [aSecret({ hostPattern: 'api.example.com:8443' })];
    expect(select(secrets).injected).toEqual([]);
    expect(select(secrets, aRequest('/', { port: 8443 })).injected).toHaveLength(1);
  });

  it('goes over plain HTTP only when the secret says so, and then lets the other one win', () => {
    const secrets = [aSecret({ name: 'plain', allowPlainHttp: true }), aSecret({ name: 'tls' })];
    expect(select(secrets, aRequest('/', { scheme: 'http' }))).toEqual({ injected: ['plain'], outranked: [] });
    expect(select(secrets)).toEqual({ injected: ['tls'], outranked: ['plain'] });
  });

  it('does not let a path template that does not match take the place', () => {
    const secrets = [
      aSecret({ name: 'bot', injectionConfig: { pathTemplate: '/bot{value}' } }),
      aSecret({ name: 'hook', injectionConfig: { pathTemplate: '/hooks/{value}' } }),
    ];
    expect(select(secrets, aRequest('/bot123/getMe'))).toEqual({ injected: ['bot'], outranked: [] });
  });

  it('gives an agent that selects only what is assigned to it', () => {
    const [mine, other] = [aSecret({ name: 'mine' }), aSecret({ name: 'other' })];
    const agents = [anAgent({ secretMode: 'selective', secretIds: [mine.id, 'gone'] })];
    expect(select([mine, other], aRequest(), { agents })).toEqual({ injected: ['mine'], outranked: [] });
  });

  it('ignores assignments of an agent that may use all', () => {
    const secret = aSecret({ name: 'any' });
    expect(select([secret], aRequest(), { agents: [anAgent({ secretIds: ['x'] })] }).injected).toEqual(['any']);
  });

  it('gives an agent that the snapshot does not hold nothing', () => {
    const snapshot = compileSnapshot(aPolicy({ secrets: [aSecret()] }));
    expect(selectInjections(snapshot, 'agent-9', aRequest())).toEqual({ injected: [], outranked: [] });
  });

  it('never puts two secrets in one place, and leaves no matching one unnamed', () => {
    const config = fc.constantFrom(
      { headerName: 'X-Key' },
      { headerName: 'authorization' },
      { paramName: 'k' },
      { username: 'u' },
    );
    const secret = fc.record({
      hostPattern: fc.constantFrom('*.example.com', 'api.example.com', 'other.com'),
      pathPattern: fc.constantFrom(null, '/v1/*', '/v2'),
      injectionConfig: config,
    });
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 12 }), (given) => {
        const snapshot = compileSnapshot(aPolicy({ secrets: given.map((some) => aSecret(some)) }));
        const { injected, outranked } = selectInjections(snapshot, AGENT, aRequest());
        const places = injected.flatMap((some) => some.places);
        expect(new Set(places).size).toBe(places.length);
        const matching = given.filter((some) => some.hostPattern !== 'other.com' && some.pathPattern !== '/v2');
        expect(injected.length + outranked.length).toBe(matching.length);
        for (const loser of outranked) expect(injected.some((some) => some.rank < loser.rank)).toBe(true);
      }),
    );
  });
});

describe('the hint about a missing credential', () => {
  const hint = (secrets: readonly SecretRecord[], request = aRequest(), policy: Partial<PolicyRecords> = {}) =>
    credentialHint(compileSnapshot(aPolicy({ secrets, ...policy })), AGENT, request);

  it('says that none exists for this host and path', () => {
    expect(hint([])).toBe('credential_not_found');
    expect(hint([aSecret({ hostPattern: 'other.example.com' }), aSecret({ pathPattern: '/v2/*' })])).toBe(
      'credential_not_found',
    );
  });

  it('says that one exists which this agent may not use', () => {
    expect(hint([aSecret()], aRequest(), { agents: [anAgent({ secretMode: 'selective' })] })).toBe('access_restricted');
    expect(hint([aSecret()], aRequest('/', { scheme: 'http' }))).toBe('access_restricted');
  });
});
