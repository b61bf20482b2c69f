import type { INestApplicationContext } from '@nestjs/common';
import { jest } from '@jest/globals';
import type { RequestFilter } from '../../../libs/contracts/requests.js';
import { AuditModule } from '../../src/audit/audit.module.js';
import { IngestionModule } from '../../src/audit/ingestion.module.js';
import type { RequestLogEntry } from '../../src/audit/request-log.entry.js';
import { RequestLogIngestion } from '../../src/audit/request-log.ingestion.js';
import { packJob } from '../../src/audit/request-log.queue.js';
import { RequestLogReader } from '../../src/audit/request-log.reader.js';
import { RequestLogRetention } from '../../src/audit/request-log.retention.js';
import { uuidV7 } from '../../src/persistence/uuid-v7.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aConfig, aDataDirectory, anEntry, PROJECT, startRecording } from './recording-app.js';

jest.setTimeout(30_000);

const own = { projectId: PROJECT, includeUnattributed: false };
const owner = { projectId: PROJECT, includeUnattributed: true };
/** Yesterday at midnight: retention, which runs at once, leaves it alone. */
const START = Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000;

describe('the request log', () => {
  const data = aDataDirectory();
  const lines: string[] = [];
  let database: TestDatabase;
  let app: INestApplicationContext;
  let reader: RequestLogReader;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startRecording(aConfig(database.url, data.path), [IngestionModule, AuditModule], lines);
    reader = app.get(RequestLogReader);
  });

  beforeEach(async () => {
    lines.length = 0;
    await app.get(RequestLogRetention).expire(new Date(Date.now() + 86_400_000));
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
    data.remove();
  });

  const ingest = (payload: unknown) => app.get(RequestLogIngestion).process({ id: 'test', data: payload } as never);
  const store = (...entries: RequestLogEntry[]) =>
    ingest(packJob(entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')));
  const idsOf = (items: readonly { readonly id: string }[]) => items.map((item) => item.id);
  const all = async (scope = owner, filter: RequestFilter = {}) =>
    idsOf((await reader.list(scope, filter, null, 500)).items);

  it('stores a batch that comes twice, or in parts again, once', async () => {
    const entries = Array.from({ length: 50 }, (_, n) => anEntry({ at: START + n }));
    await Promise.all([
      store(...entries),
      store(...entries),
      store(...entries.slice(10, 20), ...entries.slice(10, 20)),
    ]);
    expect(await all()).toEqual(idsOf(entries).reverse());
    expect(lines.join('')).not.toContain('cannot be stored');
  });

  it.each([
    ['no object', null],
    ['no lines', { entries: [] }],
    ['no JSON', packJob('nonsense\n')],
    ['no Zstandard', { zstd: 'bm9uc2Vuc2U=' }],
  ])('takes a job with %s for nothing, and says so', async (_name, payload) => {
    await ingest(payload);
    expect(await all()).toEqual([]);
    expect(lines.join('')).toContain('malformed');
  });

  it('stores the neighbours of entries that make no sense', async () => {
    const good = [anEntry({ at: START }), anEntry({ at: START + 1 })];
    const bad = [
      { ...anEntry(), id: 'x' },
      { ...anEntry(), at: '1' },
      { ...anEntry(), decision: 'perhaps' },
      { ...anEntry(), ruleIds: ["'; drop table request_log"] },
      { ...anEntry(), status: 2 ** 40 },
      { ...anEntry(), timings: null },
      { ...anEntry(), bytesUp: 1.5 },
      { ...anEntry(), host: 5 },
    ] as unknown as RequestLogEntry[];
    await store(...good.slice(0, 1), ...bad, ...good.slice(1));
    expect(await all()).toEqual(idsOf(good).reverse());
    expect(JSON.parse(lines.find((line) => line.includes('malformed')) ?? '{}')).toMatchObject({
      rejected: bad.length,
    });
  });

  it('stores strange text rather than losing the exchange', async () => {
    const strange = anEntry({ path: '/nul\0and\ud800lone', agentName: '\\u0000' });
    const long = anEntry({ host: 'h'.repeat(5000), path: `/${'p'.repeat(70_000)}` });
    await store(strange, long);
    expect(await reader.get(owner, strange.id)).toMatchObject({
      path: '/nul\uFFFDand\uFFFDlone',
      agentName: '\\u0000',
    });
    expect(await reader.get(owner, long.id)).toMatchObject({ host: 'h'.repeat(512), path: `/${'p'.repeat(65_535)}` });
  });

  it('pages newest first without a gap or a repeat, also among entries of one millisecond', async () => {
    const entries = Array.from({ length: 57 }, (_, n) => anEntry({ at: START + Math.floor(n / 10) }));
    await store(...entries, anEntry({ projectId: uuidV7() }));
    const expected = entries.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).map((entry) => entry.id);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof reader.list>> = await reader.list(own, {}, cursor, 10);
      expect(page.items.length).toBeLessThanOrEqual(10);
      paged.push(...idsOf(page.items));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged).toEqual(expected);
    expect((await reader.list(own, {}, null, 57)).nextCursor).toBeNull();
  });

  it.each(['', 'x', '%', Buffer.from('1.x').toString('base64url')])('refuses the cursor %j', async (cursor) => {
    await expect(reader.list(own, {}, cursor, 10)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('filters by each field', async () => {
    const [agentId, secretId, ruleId] = [uuidV7(), uuidV7(), uuidV7()];
    const odd = anEntry({
      at: START + 500,
      agentId,
      secretIds: [uuidV7(), secretId],
      ruleIds: [ruleId],
      host: 'odd.example.org',
      method: 'PATCH',
      decision: 'blocked',
      status: 403,
      path: '/50%_off\\now',
    });
    await store(odd, anEntry({ at: START }), anEntry({ at: START + 1000 }));
    const filters: RequestFilter[] = [
      { agentId },
      { secretId },
      { ruleId },
      { host: 'Odd.example.org' },
      { method: 'patch' },
      { decision: 'blocked' },
      { status: 403 },
      { q: 'ODD.EXAM' },
      { q: '0%_O' },
      { q: 'f\\n' },
      { q: odd.id.slice(5, 30).toUpperCase() },
      { from: new Date(START + 500).toISOString(), to: new Date(START + 1000).toISOString() },
      { agentId, decision: 'blocked', q: 'off' },
    ];
    for (const filter of filters) expect([filter, await all(owner, filter)]).toEqual([filter, [odd.id]]);
    for (const filter of [
      { agentId: uuidV7() },
      { q: '%' + 'x' },
      { q: "'" },
      { agentId, decision: 'allowed' as const },
    ]) {
      expect(await all(owner, filter)).toEqual([]);
    }
    expect(await all(owner, { q: '' })).toHaveLength(3);
    await expect(reader.list(own, { agentId: 'x' }, null, 1)).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(reader.list(own, { from: 'soon' }, null, 1)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('shows a project its own entries, and the owner those of nobody too', async () => {
    const [mine, nobody, other] = [
      anEntry({ at: START }),
      anEntry({ at: START + 1, projectId: null }),
      anEntry({ at: START + 2, projectId: uuidV7() }),
    ];
    await store(mine, nobody, other);
    expect(await all(own)).toEqual([mine.id]);
    expect(await all(owner)).toEqual([nobody.id, mine.id]);
    expect(await reader.get(own, nobody.id)).toBeUndefined();
    expect((await reader.get(owner, nobody.id))?.id).toBe(nobody.id);
    expect(await reader.get(owner, other.id)).toBeUndefined();
    expect(await reader.get(owner, 'no-id')).toBeUndefined();
    expect([await reader.hasAny(PROJECT), await reader.hasAny(uuidV7())]).toEqual([true, false]);
    expect((await reader.stats(owner, new Date(START), new Date(START + 10), 60)).total).toBe(2);
  });

  it('counts by time and decision', async () => {
    await store(
      anEntry({ at: START }),
      anEntry({ at: START + 59_999 }),
      anEntry({ at: START + 59_999, decision: 'blocked' }),
      anEntry({ at: START + 180_000, decision: 'rate_limited' }),
      anEntry({ at: START + 240_000 }),
    );
    expect(await reader.stats(own, new Date(START), new Date(START + 240_000), 60)).toEqual({
      bucketSeconds: 60,
      buckets: [
        { time: new Date(START).toISOString(), counts: { allowed: 2, blocked: 1 } },
        { time: new Date(START + 180_000).toISOString(), counts: { rate_limited: 1 } },
      ],
      total: 4,
    });
  });

  it('exports everything that the filter takes, across pages', async () => {
    const entries = Array.from({ length: 2345 }, (_, n) => anEntry({ at: START + Math.floor(n / 7) }));
    for (let n = 0; n < entries.length; n += 500) await store(...entries.slice(n, n + 500));
    await store(anEntry({ decision: 'blocked' }));
    const exported: string[] = [];
    for await (const entry of reader.iterate(owner, { decision: 'allowed' })) exported.push(entry.id);
    expect(exported).toEqual(
      entries.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).map((entry) => entry.id),
    );
  });

  it('forgets what is past its time, in slices, and nothing else', async () => {
    const old = Array.from({ length: 23 }, (_, n) => anEntry({ at: START - 1 - n }));
    const kept = [anEntry({ at: START }), anEntry({ at: START + 1 })];
    await store(...old, ...kept);
    expect(await app.get(RequestLogRetention).expire(new Date(START), 5)).toBe(23);
    expect(await all()).toEqual(idsOf(kept).reverse());
  });

  it('runs retention by itself with the configured number of days', async () => {
    const [old, kept] = [anEntry({ at: Date.now() - 91 * 86_400_000 }), anEntry({ at: Date.now() - 89 * 86_400_000 })];
    await store(old, kept);
    await app.get(RequestLogRetention).process();
    expect(await all()).toEqual([kept.id]);
  });
});
