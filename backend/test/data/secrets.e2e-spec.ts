import type { CreateSecretBody, UpdateSecretBody } from '../../../libs/contracts/secrets.js';
import { AgentsService } from '../../src/agents/agents.service.js';
import { AuditEventsReader } from '../../src/audit/audit-event.reader.js';
import { SecretsReader } from '../../src/secrets/secrets.reader.js';
import { SecretsService } from '../../src/secrets/secrets.service.js';
import { SecretVault } from '../../src/secrets/secret-vault.js';
import { openDataLayer, someone, type DataLayer } from './data-layer.js';

const CANARY = 'canary-value-with-a-long-tail-9d1f';

describe('secrets', () => {
  let data: DataLayer;
  let secrets: SecretsService;
  let projectId: string;
  beforeAll(async () => {
    data = await openDataLayer();
    secrets = data.get(SecretsService);
    projectId = data.projectId;
  });
  afterAll(() => data.close());

  const aSecret = (body: Partial<CreateSecretBody> = {}) =>
    secrets.create(someone, projectId, {
      name: 'Tickets',
      type: 'generic',
      value: CANARY,
      hostPattern: '*.tickets.example',
      pathPattern: '/v1/*',
      injectionConfig: { headerName: 'X-Key' },
      ...body,
    });
  const opened = async (id: string) => {
    const sealed = (await data.get(SecretsReader).sealed(projectId)).find((secret) => secret.id === id);
    return data
      .get(SecretVault)
      .open(id, sealed?.sealedValue ?? Buffer.alloc(0))
      .reveal();
  };

  it('are created sealed, recorded without value or preview, and announced', async () => {
    const { events, revisions } = await data.effectsOf(async () => {
      const secret = await aSecret({
        hostPattern: '*.Tickets.Example',
        injectionConfig: { headerName: 'X-Key', valueFormat: 'Token {value}' },
      });
      expect(secret).toEqual({
        id: expect.any(String),
        name: 'Tickets',
        type: 'generic',
        typeLabel: 'Generic credential',
        hostPattern: '*.tickets.example',
        pathPattern: '/v1/*',
        injectionConfig: { headerName: 'X-Key', valueFormat: 'Token {value}' },
        allowPlainHttp: false,
        preview: '9d1f',
        createdAt: expect.stringMatching(/Z$/),
        rotatedAt: null,
        lastUsedAt: null,
        version: '1',
      });
      expect(await secrets.get(projectId, secret.id)).toEqual(secret);
      expect(await secrets.list(projectId)).toContainEqual(secret);
      expect(await opened(secret.id)).toBe(CANARY);
    });
    expect(revisions).toBe(1);
    expect(events).toMatchObject([{ kind: 'secret.created', before: null, actor: someone }]);
    expect(JSON.stringify(events)).not.toMatch(/9d1f|canary/);
  });

  it.each([
    ['anthropic', 'api.anthropic.com'],
    ['openai', 'api.openai.com'],
  ] as const)('of type %s are for %s when no host is given, and need no injection', async (type, hostPattern) => {
    const secret = await secrets.create(someone, projectId, { name: type, type, value: 'short-key' });
    expect(secret).toMatchObject({ hostPattern, pathPattern: null, injectionConfig: null, preview: null });
  });

  it.each<[Partial<CreateSecretBody>, string]>([
    [{ name: '' }, 'name'],
    [{ value: '' }, 'value'],
    [{ value: 'x\ny' }, 'value'],
    [{ value: 'x\ry' }, 'value'],
    [{ value: 'x\0y' }, 'value'],
    [{ value: 'x'.repeat(16_385) }, 'value'],
    [{ hostPattern: '*' }, 'hostPattern'],
    [{ hostPattern: '*.com' }, 'hostPattern'],
    [{ hostPattern: '*.github.io' }, 'hostPattern'],
    [{ hostPattern: 'https://x.example' }, 'hostPattern'],
    [{ pathPattern: 'v1' }, 'pathPattern'],
    [{ injectionConfig: null }, 'injectionConfig'],
    [{ type: 'openai' }, 'injectionConfig'],
  ])('are refused with %j', async (wrong, path) => {
    const { events, revisions } = await data.effectsOf(() =>
      expect(aSecret(wrong)).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path }] }),
    );
    expect({ events, revisions }).toEqual({ events: [], revisions: 0 });
  });

  it('need a host when they are generic', async () => {
    const body: CreateSecretBody = { name: 'X', type: 'generic', value: 'x', injectionConfig: { paramName: 'key' } };
    await expect(secrets.create(someone, projectId, body)).rejects.toMatchObject({
      details: [{ path: 'hostPattern' }],
    });
  });

  it.each<[UpdateSecretBody, string]>([
    [{ hostPattern: '*.example.com' }, 'hostPattern'],
    [{ hostPattern: 'collector.evil.example' }, 'hostPattern'],
    [{ pathPattern: '/*' }, 'pathPattern'],
    [{ pathPattern: null }, 'pathPattern'],
    [{ injectionConfig: { headerName: 'X-Echoed' } }, 'injectionConfig'],
    [{ injectionConfig: { headerName: 'X-Key', valueFormat: 'a {value}' } }, 'injectionConfig'],
    [{ allowPlainHttp: true }, 'allowPlainHttp'],
  ])('are not re-aimed by %j unless the value comes with it', async (change, field) => {
    const secret = await aSecret();
    const { events, revisions } = await data.effectsOf(() =>
      expect(secrets.update(someone, projectId, secret.id, change)).rejects.toMatchObject({
        code: 'VALIDATION',
        message: `value: Give the value again: with this ${field} it would go where it did not go before.`,
        details: [{ path: 'value' }],
      }),
    );
    expect({ events, revisions }).toEqual({ events: [], revisions: 0 });
    expect(await secrets.get(projectId, secret.id)).toEqual(secret);
    const changed = await secrets.update(someone, projectId, secret.id, { ...change, value: 'a-new-value-of-someone' });
    expect(changed).toMatchObject(change);
    expect(await opened(secret.id)).toBe('a-new-value-of-someone');
  });

  it('are narrowed and renamed without the value', async () => {
    const { id } = await aSecret({ allowPlainHttp: true });
    const body = {
      name: 'Narrow',
      hostPattern: 'eu.tickets.example:8443',
      pathPattern: '/v1/read',
      allowPlainHttp: false,
    };
    expect(await secrets.update(someone, projectId, id, body, '1')).toMatchObject({
      ...body,
      rotatedAt: null,
      version: '2',
    });
    expect(await opened(id)).toBe(CANARY);
    await expect(secrets.update(someone, projectId, id, { name: 'Lost' }, '1')).rejects.toMatchObject({
      code: 'STALE_VERSION',
    });
  });

  it('are rotated, which is recorded without either value, even twice in a moment', async () => {
    const { id } = await aSecret();
    const { events, revisions } = await data.effectsOf(async () => {
      const rotated = await secrets.update(someone, projectId, id, { value: `${CANARY}-next-ab12` });
      expect(rotated).toMatchObject({ preview: 'ab12', version: '2', rotatedAt: expect.stringMatching(/Z$/) });
      await secrets.update(someone, projectId, id, { value: 'brief' });
    });
    expect(revisions).toBe(2);
    expect(events).toMatchObject([{ kind: 'secret.updated' }, { kind: 'secret.updated' }]);
    expect(await secrets.get(projectId, id)).toMatchObject({ preview: null, version: '3' });
    expect(await opened(id)).toBe('brief');
  });

  it('go, and are taken from their agents', async () => {
    const secret = await aSecret();
    const agents = data.get(AgentsService);
    const agent = await agents.getDefault(projectId);
    await agents.assignSecrets(someone, projectId, agent.id, [secret.id]);
    const { events } = await data.effectsOf(() => secrets.remove(someone, projectId, secret.id));
    expect(events).toMatchObject([
      { kind: 'secret.deleted', before: { name: 'Tickets', agentIds: [agent.id] }, after: null },
    ]);
    expect(await agents.secretIds(projectId, agent.id)).toEqual([]);
  });

  it('are assigned and removed at the same moment without waiting for each other for ever', async () => {
    const agents = data.get(AgentsService);
    const agent = await agents.getDefault(projectId);
    for (let round = 0; round < 15; round += 1) {
      const [one, two] = [await aSecret(), await aSecret()];
      await agents.assignSecrets(someone, projectId, agent.id, [one.id, two.id]);
      const outcomes = await Promise.allSettled([
        secrets.remove(someone, projectId, one.id),
        agents.assignSecrets(someone, projectId, agent.id, [one.id]),
        secrets.remove(someone, projectId, two.id),
      ]);
      const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
      expect([[], ['VALIDATION']]).toContainEqual(failures);
    }
  });

  it('have no place in a project that is none', async () => {
    for (const nowhere of ['x', '019b0000-0000-7000-8000-000000000000']) {
      const body = { name: 'X', type: 'openai', value: 'x' } as const;
      await expect(secrets.create(someone, nowhere, body)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('do not exist for another project, nor under an odd id', async () => {
    const secret = await aSecret();
    const other = await data.otherProject();
    for (const [project, id] of [
      [other, secret.id],
      [projectId, 'x'],
    ] as const) {
      await expect(secrets.get(project, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(secrets.update(someone, project, id, { name: 'X' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(secrets.remove(someone, project, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await secrets.list(other)).toEqual([]);
  });

  it('leave their value in no row of the database and on no page of the record', async () => {
    await aSecret();
    expect(await data.dump()).not.toContain(CANARY);
    const page = await data.get(AuditEventsReader).list(projectId, { limit: 500 });
    expect(page.items.length).toBeGreaterThan(10);
    expect(JSON.stringify(page)).not.toMatch(/canary-value|9d1f/);
  });

  it('store what is absent as null and not as a JSON null', async () => {
    const rows = await data.sql('select 1 from secret where injection_config = $1::jsonb', ['null']);
    const events = await data.sql("select 1 from audit_event where before = 'null'::jsonb or after = 'null'::jsonb");
    expect([rows, events]).toEqual([[], []]);
  });
});

describe('the record of changes', () => {
  it('comes newest first in pages, each event once, and is kept apart by project', async () => {
    const data = await openDataLayer();
    try {
      for (let index = 0; index < 7; index += 1) {
        await data
          .get(SecretsService)
          .create(someone, data.projectId, { name: `s${index}`, type: 'openai', value: 'x' });
      }
      const names: string[] = [];
      let cursor: string | null = null;
      do {
        const reader: AuditEventsReader = data.get(AuditEventsReader);
        const page = await reader.list(data.projectId, {
          limit: 3,
          entity: 'secret',
          ...(cursor === null ? {} : { cursor }),
        });
        names.push(...page.items.map(({ entityName }) => entityName));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(names).toEqual(['s6', 's5', 's4', 's3', 's2', 's1', 's0']);
      const foreign = await data.get(AuditEventsReader).list(await data.otherProject());
      expect(foreign.items.map(({ kind }) => kind)).toEqual(['agent.created']);
      await expect(data.get(AuditEventsReader).list(data.projectId, { cursor: 'x' })).rejects.toMatchObject({
        code: 'VALIDATION',
      });
    } finally {
      await data.close();
    }
  });
});
