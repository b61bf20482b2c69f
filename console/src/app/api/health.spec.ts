import type { SystemView } from '../../../../libs/contracts/system';
import { healthOf, revisionWords } from './health';

const replica = (name: string, revision: number) => ({ replica: name, revision, seenAt: '2026-11-24T12:00:00Z' });

function aSystem(about: Partial<SystemView>): SystemView {
  return {
    version: '0.1.0',
    mode: 'single-user',
    projectId: 'project',
    projectName: 'Default',
    gatewayUrl: 'http://127.0.0.1:10255',
    database: { ok: true, latencyMs: 2 },
    replicas: [replica('gw-1', 12)],
    rootCertificate: { fingerprint256: 'AA', notAfter: '2036-11-24T00:00:00Z' },
    firstSteps: { agentCreated: true, secretAdded: false, requestSeen: false, ruleCreated: false },
    ...about,
  };
}

describe('health in one line', () => {
  it.each<[Partial<SystemView>, string, string]>([
    [{}, 'ok', 'Gateway healthy'],
    [{ replicas: [replica('gw-1', 3), replica('gw-2', 3)] }, 'ok', 'Gateway healthy, 2 replicas'],
    [{ replicas: [replica('gw-1', 3), replica('gw-2', 2)] }, 'warn', '1 of 2 gateways behind'],
    [{ replicas: [] }, 'off', 'Gateway idle'],
    [{ database: { ok: false, latencyMs: null } }, 'bad', 'Database does not answer'],
  ])('%j is %s: %s', (about, tone, sentence) => {
    expect(healthOf(aSystem(about))).toEqual({ tone, sentence });
  });
});

describe('the policy revision', () => {
  it('names the newest and how many replicas have it', () => {
    expect(revisionWords([replica('a', 1284), replica('b', 1284), replica('c', 1283)])).toBe('1,284 on 2 of 3');
    expect(revisionWords([])).toBe('not loaded yet');
  });
});
