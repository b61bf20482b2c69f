import { AgentsService } from '../../src/agents/agents.service.js';
import { SnapshotLoader } from '../../src/policy/snapshot-loader.js';
import { RulesService } from '../../src/rules/rules.service.js';
import { SecretVault } from '../../src/secrets/secret-vault.js';
import { SecretsService } from '../../src/secrets/secrets.service.js';
import { openDataLayer, someone, type DataLayer } from './data-layer.js';

describe('the snapshot loader', () => {
  let data: DataLayer;
  beforeAll(async () => void (data = await openDataLayer()));
  afterAll(() => data.close());

  it('reads one project: its agents with their secrets, enabled rules only, values sealed', async () => {
    const { projectId } = data;
    const agents = data.get(AgentsService);
    const rule = { name: 'Block', hostPattern: '*.example.com', action: 'block' } as const;
    const secret = await data
      .get(SecretsService)
      .create(someone, projectId, { name: 'Key', type: 'openai', value: 'the-value' });
    const on = await data.get(RulesService).create(someone, projectId, { ...rule, method: 'POST' });
    await data.get(RulesService).create(someone, projectId, { ...rule, enabled: false });
    const agent = await agents.getDefault(projectId);
    await agents.assignSecrets(someone, projectId, agent.id, [secret.id]);
    await data.get(RulesService).create(someone, await data.otherProject(), rule);

    const records = await data.get(SnapshotLoader).load(projectId);
    const [row] = await data.sql<{ revision: string }>(
      'select policy_revision as revision from project where id = $1',
      [projectId],
    );
    expect(records).toEqual({
      projectId,
      revision: Number(row?.revision),
      defaultPolicy: 'allow',
      agents: [
        {
          id: agent.id,
          name: 'Default agent',
          identifier: 'default',
          secretMode: 'all',
          defaultPolicy: null,
          secretIds: [secret.id],
        },
      ],
      rules: [
        {
          id: on.id,
          name: 'Block',
          hostPattern: '*.example.com',
          pathPattern: null,
          method: 'POST',
          agentId: null,
          action: 'block',
          rateLimit: null,
          rateLimitWindow: null,
        },
      ],
      secrets: [
        {
          id: secret.id,
          name: 'Key',
          type: 'openai',
          hostPattern: 'api.openai.com',
          pathPattern: null,
          injectionConfig: null,
          allowPlainHttp: false,
          isOauthToken: false,
          createdAt: new Date(secret.createdAt),
          sealedValue: expect.any(Uint8Array),
        },
      ],
    });
    const sealed = records?.secrets[0]?.sealedValue ?? new Uint8Array();
    expect(data.get(SecretVault).open(secret.id, sealed).reveal()).toBe('the-value');
    expect(() => data.get(SecretVault).open(agent.id, sealed)).toThrow('was altered or moved');
  });

  it('never mixes two revisions, whatever changes meanwhile', async () => {
    const rules = data.get(RulesService);
    const { projectId } = data;
    const loader = data.get(SnapshotLoader);
    const seen = new Map<number, number>();
    let writing = true;
    const write = async () => {
      for (let index = 0; index < 25; index += 1)
        await rules.create(someone, projectId, { name: `r${index}`, hostPattern: '*', action: 'allow' });
      writing = false;
    };
    const read = async () => {
      while (writing) {
        const records = await loader.load(projectId);
        if (records !== undefined) seen.set(records.revision, records.rules.length);
      }
    };
    await Promise.all([write(), read(), read()]);
    const offsets = [...seen].map(([revision, count]) => revision - count);
    expect(seen.size).toBeGreaterThan(2);
    expect(new Set(offsets).size).toBe(1);
  });

  it('answers undefined for what is no project', async () => {
    for (const id of ['x', '019b0000-0000-7000-8000-000000000000'])
      expect(await data.get(SnapshotLoader).load(id)).toBeUndefined();
  });
});
