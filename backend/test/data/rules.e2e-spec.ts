import type { CreateRuleBody, UpdateRuleBody } from '../../../libs/contracts/rules.js';
import { AgentsService } from '../../src/agents/agents.service.js';
import { RateLimitCounts } from '../../src/rules/rate-limit-counts.js';
import { RulesService } from '../../src/rules/rules.service.js';
import { openDataLayer, someone, type DataLayer } from './data-layer.js';

describe('rules', () => {
  let data: DataLayer;
  let rules: RulesService;
  let projectId: string;
  beforeAll(async () => {
    data = await openDataLayer();
    rules = data.get(RulesService);
    projectId = data.projectId;
  });
  afterAll(() => data.close());

  const aRule = (body: Partial<CreateRuleBody> = {}) =>
    rules.create(someone, projectId, { name: 'No deletes', hostPattern: 'api.example.com', action: 'block', ...body });

  it('are created in canonical spelling, recorded and announced', async () => {
    const { events, revisions } = await data.effectsOf(async () => {
      const rule = await aRule({ hostPattern: 'API.Example.com.', method: 'delete, Get', pathPattern: '/v1/*' });
      expect(rule).toEqual({
        id: expect.any(String),
        name: 'No deletes',
        hostPattern: 'api.example.com',
        pathPattern: '/v1/*',
        method: 'DELETE,GET',
        agentId: null,
        action: 'block',
        rateLimit: null,
        rateLimitWindow: null,
        enabled: true,
        createdAt: expect.stringMatching(/Z$/),
        updatedAt: rule.createdAt,
        version: '1',
      });
      expect(await rules.get(projectId, rule.id)).toEqual(rule);
      expect(await rules.list(projectId)).toEqual([rule]);
    });
    expect(revisions).toBe(1);
    expect(events).toMatchObject([
      { kind: 'rule.created', before: null, after: { name: 'No deletes', action: 'block', enabled: true } },
    ]);
  });

  it.each<[Partial<CreateRuleBody>, string]>([
    [{ name: ' ' }, 'name'],
    [{ hostPattern: 'a*b.example' }, 'hostPattern'],
    [{ pathPattern: '/a/../b' }, 'pathPattern'],
    [{ method: 'G3T' }, 'method'],
    [{ agentId: 'nobody' }, 'agentId'],
    [{ agentId: '019b0000-0000-7000-8000-000000000000' }, 'agentId'],
    [{ action: 'rate_limit' }, 'rateLimit'],
    [{ action: 'rate_limit', rateLimit: 5 }, 'rateLimitWindow'],
    [{ action: 'rate_limit', rateLimitWindow: 'day' }, 'rateLimit'],
    [{ action: 'rate_limit', rateLimit: 0, rateLimitWindow: 'day' }, 'rateLimit'],
    [{ action: 'rate_limit', rateLimit: 1.5, rateLimitWindow: 'day' }, 'rateLimit'],
    [{ action: 'rate_limit', rateLimit: 1_000_000_001, rateLimitWindow: 'day' }, 'rateLimit'],
    [{ action: 'block', rateLimit: 5 }, 'rateLimit'],
    [{ action: 'allow', rateLimitWindow: 'day' }, 'rateLimitWindow'],
  ])('are refused with %j', async (wrong, path) => {
    const { events, revisions } = await data.effectsOf(() =>
      expect(aRule(wrong)).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path }] }),
    );
    expect({ events, revisions }).toEqual({ events: [], revisions: 0 });
  });

  it('are for an agent of their own project only', async () => {
    const agents = data.get(AgentsService);
    const own = await agents.getDefault(projectId);
    const foreign = await agents.getDefault(await data.otherProject());
    const rule = await aRule({ agentId: own.id });
    expect(rule.agentId).toBe(own.id);
    await expect(aRule({ agentId: foreign.id })).rejects.toMatchObject({
      code: 'VALIDATION',
      details: [{ path: 'agentId' }],
    });
    await expect(rules.update(someone, projectId, rule.id, { agentId: foreign.id })).rejects.toMatchObject({
      code: 'VALIDATION',
      details: [{ path: 'agentId' }],
    });
    expect(await rules.get(projectId, rule.id)).toEqual(rule);
  });

  it('change with a version that counts up, and only when something changes', async () => {
    const { id } = await aRule({ action: 'rate_limit', rateLimit: 10, rateLimitWindow: 'minute', pathPattern: '/x' });
    const { events, revisions } = await data.effectsOf(async () => {
      expect(await rules.update(someone, projectId, id, { rateLimit: 20, pathPattern: null }, '1')).toMatchObject({
        rateLimit: 20,
        rateLimitWindow: 'minute',
        pathPattern: null,
        version: '2',
      });
      expect((await rules.update(someone, projectId, id, { rateLimit: 20, enabled: true })).version).toBe('2');
      await expect(rules.update(someone, projectId, id, { enabled: false }, '1')).rejects.toMatchObject({
        code: 'STALE_VERSION',
      });
    });
    expect(revisions).toBe(1);
    expect(events).toMatchObject([
      {
        kind: 'rule.updated',
        before: { rateLimit: 10, pathPattern: '/x' },
        after: { rateLimit: 20, pathPattern: null },
      },
    ]);
  });

  it.each<[UpdateRuleBody, object]>([
    [{ action: 'block' }, { action: 'block', rateLimit: null, rateLimitWindow: null }],
    [
      { action: 'allow', rateLimit: null, rateLimitWindow: null },
      { action: 'allow', rateLimit: null, rateLimitWindow: null },
    ],
    [{ rateLimitWindow: 'day' }, { action: 'rate_limit', rateLimit: 10, rateLimitWindow: 'day' }],
  ])('change their action and limit together: %j', async (change, expected) => {
    const { id } = await aRule({ action: 'rate_limit', rateLimit: 10, rateLimitWindow: 'minute' });
    expect(await rules.update(someone, projectId, id, change)).toMatchObject(expected);
  });

  it('do not become limits without a limit', async () => {
    const { id } = await aRule();
    await expect(rules.update(someone, projectId, id, { action: 'rate_limit' })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    await expect(rules.update(someone, projectId, id, { rateLimit: 5 })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('go', async () => {
    const { id } = await aRule();
    const { events, revisions } = await data.effectsOf(() => rules.remove(someone, projectId, id, '1'));
    expect({ events, revisions }).toMatchObject({ events: [{ kind: 'rule.deleted', after: null }], revisions: 1 });
    await expect(rules.get(projectId, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('do not exist for another project, nor under an odd id', async () => {
    const rule = await aRule();
    const other = await data.otherProject();
    for (const [project, id] of [
      [other, rule.id],
      [projectId, 'x'],
    ] as const) {
      await expect(rules.get(project, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(rules.update(someone, project, id, { name: 'X' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(rules.remove(someone, project, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await rules.list(other)).toEqual([]);
  });

  describe('that limit a rate', () => {
    const agentId = '019b0000-0000-7000-8000-00000000000a';
    const byWindow = (length: number) => Math.floor(Date.now() / length) * length;
    const aLimit = (rateLimitWindow: 'second' | 'hour') =>
      aRule({ action: 'rate_limit', rateLimit: 10, rateLimitWindow });

    it('keep their counts, which never go down, and forget ended windows and deleted rules', async () => {
      const counts = data.get(RateLimitCounts);
      const [hourly, brief, gone] = [await aLimit('hour'), await aLimit('second'), await aLimit('hour')];
      const windowStart = byWindow(3_600_000);
      const of = (ruleId: string, start: number, count: number) => ({ ruleId, agentId, windowStart: start, count });
      await counts.save([
        of(hourly.id, windowStart, 5),
        of(hourly.id, windowStart, 7),
        of(hourly.id, windowStart - 3_600_000, 9),
        of(brief.id, byWindow(1000) - 2000, 3),
        of(gone.id, windowStart, 1),
      ]);
      expect(await counts.load()).toEqual(
        expect.arrayContaining([of(hourly.id, windowStart, 7), of(gone.id, windowStart, 1)]),
      );
      await rules.remove(someone, projectId, gone.id);
      await counts.save([of(hourly.id, windowStart, 6)]);
      expect(await counts.load()).toEqual([of(hourly.id, windowStart, 7)]);
      expect(await data.sql('select rule_id from rate_limit_count')).toEqual([{ rule_id: hourly.id }]);
      await counts.save([]);
      await Promise.all(Array.from({ length: 8 }, (_, index) => counts.save([of(hourly.id, windowStart, 10 + index)])));
      expect(await counts.load()).toEqual([of(hourly.id, windowStart, 17)]);
    });
  });
});
