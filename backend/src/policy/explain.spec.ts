import { aPolicy, aRateLimit, aRule, aSecret, anAgent, AGENT } from '../../test/support/policy-builders.js';
import { DomainError } from '../persistence/domain-error.js';
import { explain } from './explain.js';
import type { PolicyRecords } from './snapshot.js';

const asked = { agentId: AGENT, method: 'GET', url: 'https://api.example.com/v1/models?x=1' };

function explained(policy: Partial<PolicyRecords>, body: Partial<typeof asked> = {}) {
  return explain(aPolicy(policy), { ...asked, ...body });
}

describe('explaining a decision', () => {
  it('says that nothing matched', () => {
    expect(explained({ revision: 4, rules: [aRule({ hostPattern: 'other.com' })] })).toEqual({
      ...{ decision: 'allowed', refusal: null, rules: [], secrets: [], revision: 4 },
      why: 'No rule matches it, and the default is to allow.',
    });
    expect(explained({ defaultPolicy: 'deny' })).toMatchObject({
      ...{ decision: 'blocked', refusal: 'blocked_by_default_policy' },
      why: "No rule opens it, and the project's default is to deny.",
    });
  });

  it('lists the deciding rules first, then the matching, then the others with the part that does not fit', () => {
    const rules = [
      aRule({ name: 'port', hostPattern: 'api.example.com:8443' }),
      aRule({ name: 'method', method: 'POST,PUT' }),
      aRule({ name: 'path', pathPattern: '/v2/*' }),
      aRule({ name: 'agent', agentId: 'agent-2' }),
      aRule({ name: 'open' }),
      aRule({ name: 'stop', action: 'block', pathPattern: '/V1/*' }),
    ];
    const view = explained({ rules });
    expect(view).toMatchObject({ decision: 'blocked', refusal: 'blocked_by_policy' });
    expect(view.why).toBe('The rule "stop" blocks it; block rules outrank all others.');
    expect(view.rules.map(({ name, matched, why }) => [name, matched, why])).toEqual([
      ['stop', true, 'Its path pattern /V1/* matches, since an upstream may read the path as /v1/models.'],
      ['open', true, 'Its host and method match, but it does not decide: a more restrictive or older rule does.'],
      ['port', false, 'It is for port 8443, and the request goes to port 443.'],
      ['method', false, 'It is for POST, PUT, and the request is a GET.'],
      ['path', false, 'Its path pattern /v2/* does not match /v1/models.'],
      ['agent', false, 'It is for another agent.'],
    ]);
  });

  it('says that limits must have room, without counting', () => {
    expect(explained({ rules: [aRateLimit(), aRateLimit()] })).toMatchObject({
      ...{ decision: 'rate_limited', refusal: null },
      why: 'Allowed while each of its 2 rate limit(s) has room.',
    });
  });

  it('weighs a draft in', () => {
    const draftRule = { name: 'draft', hostPattern: '*.example.com', action: 'block' } as const;
    const view = explain(aPolicy(), { ...asked, draftRule });
    expect(view).toMatchObject({ decision: 'blocked', rules: [{ id: null, name: 'draft', matched: true }] });
    expect(explain(aPolicy(), { ...asked, draftRule: { ...draftRule, enabled: false } }).decision).toBe('allowed');
  });

  it('refuses a draft that cannot be read', () => {
    const draftRule = { name: 'draft', hostPattern: 'https://x', action: 'block' } as const;
    expect(() => explain(aPolicy(), { ...asked, draftRule })).toThrow(DomainError);
  });

  it.each([
    ['https://u@api.example.com/', 'GET', 'malformed_target'],
    ['ftp://api.example.com/', 'GET', 'malformed_target'],
    ['https://127.1/', 'GET', 'malformed_target'],
    ['https://api.example.com/a/../b', 'GET', 'ambiguous_path'],
    ['https://api.example.com/', 'trace', 'method_refused'],
  ])('gives the refusal for %s %s', (url, method, refusal) => {
    expect(explained({ rules: [aRule()] }, { url, method })).toMatchObject({ decision: 'refused', refusal, rules: [] });
  });

  it('says of every secret of the host why it is used or not', () => {
    const [winner, unassigned] = [aSecret({ name: 'winner', pathPattern: '/v1/*' }), aSecret({ name: 'unassigned' })];
    const secrets = [
      ...[winner, unassigned, aSecret({ name: 'loser' }), aSecret({ name: 'path', pathPattern: '/v2' })],
      ...[
        aSecret({ name: 'port', hostPattern: 'api.example.com:1' }),
        aSecret({ name: 'elsewhere', hostPattern: 'x.com' }),
      ],
      aSecret({ name: 'template', injectionConfig: { pathTemplate: '/bot{value}' } }),
    ];
    const secretIds = secrets.map(({ id }) => id).filter((id) => id !== unassigned.id);
    const view = explained({ secrets, agents: [anAgent({ secretMode: 'selective', secretIds })] });
    const whys = Object.fromEntries(view.secrets.map(({ name, why }) => [name, why]));
    expect(view.secrets.filter(({ injected }) => injected).map(({ name }) => name)).toEqual(['winner']);
    expect(view.secrets[0]?.name).toBe('winner');
    expect(whys).toEqual({
      winner: 'It is the most specific secret for this host and path: it goes into the x-key header.',
      loser: 'The secret "winner" outranks it: a more specific host or path wins, then the newer one.',
      unassigned: 'It is not assigned to this agent.',
      path: 'Its path pattern /v2 does not match /v1/models.',
      port: 'It is for port 1, and the request goes to port 443.',
      template: 'Its path template does not match the path.',
    });
  });

  it('says that a secret does not go over plain HTTP', () => {
    const view = explained({ secrets: [aSecret()] }, { url: 'http://api.example.com/' });
    expect(view.secrets).toMatchObject([
      { injected: false, why: 'It goes over verified TLS only, and the request is plain HTTP.' },
    ]);
  });

  it('uses no secret when the request is refused', () => {
    const view = explained({ secrets: [aSecret()], rules: [aRule({ action: 'block' })] });
    expect(view.secrets).toMatchObject([{ injected: false, why: 'It would be used, but the request is refused.' }]);
  });
});
