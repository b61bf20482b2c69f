import { aPolicy, aRateLimit, aRequest, aRule, aSecret, anAgent, AGENT } from '../../test/support/policy-builders.js';
import { compileSnapshot, compileSnapshotInSlices, UnreadablePolicy } from './compile-snapshot.js';
import { decide } from './decide.js';

describe('compiling a snapshot', () => {
  it('keeps project, revision and default', () => {
    const snapshot = compileSnapshot(aPolicy({ projectId: 'p', revision: 7, defaultPolicy: 'deny' }));
    expect(snapshot).toMatchObject({ projectId: 'p', revision: 7, defaultPolicy: 'deny', faults: [] });
  });

  it.each(['block', 'rate_limit'] as const)(
    'fails when a %s rule cannot be read: without it more would be open',
    (action) => {
      const rule = aRateLimit({ id: 'r', action, hostPattern: 'https://x' });
      expect(() => compileSnapshot(aPolicy({ rules: [rule] }))).toThrow(UnreadablePolicy);
      expect(() => compileSnapshot(aPolicy({ rules: [rule] }))).toThrow(
        'Rule r cannot be read: A host pattern has no scheme',
      );
    },
  );

  it('fails when a rate limit has no limit', () => {
    for (const rateLimit of [null, 0, 1.5]) {
      expect(() => compileSnapshot(aPolicy({ rules: [aRateLimit({ rateLimit })] }))).toThrow(UnreadablePolicy);
    }
    expect(() => compileSnapshot(aPolicy({ rules: [aRateLimit({ rateLimitWindow: null })] }))).toThrow(
      UnreadablePolicy,
    );
  });

  it('leaves out what opens and cannot be read, and says so', () => {
    const rules = [aRule({ id: 'r', pathPattern: 'v1' }), aRule({ method: 'G3T' })];
    const secrets = [
      aSecret({ id: 's', injectionConfig: null }),
      aSecret({ id: 't', hostPattern: '' }),
      aSecret({ pathPattern: 'x' }),
    ];
    const snapshot = compileSnapshot(aPolicy({ rules, secrets }));
    expect([snapshot.rules, snapshot.secrets]).toEqual([[], []]);
    expect(snapshot.faults).toHaveLength(5);
    expect(snapshot.faults[0]).toBe('Rule r is left out: A path pattern begins with a slash.');
    expect(snapshot.faults[2]).toMatch(/^Secret s is left out: A generic secret needs an injectionConfig/);
  });

  it('reads an empty path pattern as any path', () => {
    const snapshot = compileSnapshot(aPolicy({ rules: [aRule({ action: 'block', pathPattern: '' })] }));
    expect(decide(snapshot, AGENT, aRequest('/x')).kind).toBe('blocked');
  });

  it('gives the same in slices, and pauses after each', async () => {
    const rules = Array.from({ length: 250 }, (_, at) => aRule({ action: 'block', pathPattern: `/p${String(at)}/*` }));
    const policy = aPolicy({ rules, secrets: [aSecret()], agents: [anAgent({ secretMode: 'selective' })] });
    let pauses = 0;
    const pause = () => {
      pauses += 1;
      return Promise.resolve();
    };
    const sliced = await compileSnapshotInSlices(policy, pause, 10);
    expect(pauses).toBe(25);
    expect(sliced.rules).toEqual(compileSnapshot(policy).rules);
    expect(decide(sliced, AGENT, aRequest('/p249/x')).kind).toBe('blocked');
  });

  it('pauses within one agent that has very many secrets', async () => {
    const secrets = Array.from({ length: 100 }, () => aSecret());
    const agents = [anAgent({ secretMode: 'selective', secretIds: secrets.map(({ id }) => id) })];
    let pauses = 0;
    await compileSnapshotInSlices(aPolicy({ secrets, agents }), () => Promise.resolve((pauses += 1)), 50);
    expect(pauses).toBeGreaterThanOrEqual(5);
  });
});
