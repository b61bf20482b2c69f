import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { anEntry, storeEntries } from '../support/request-log-rows.js';
import { restClient, type Call } from '../support/rest-client.js';

const HOUR = Date.parse('2026-03-01T10:00:00Z');
const RULE = '01981f00-0000-7000-8000-0000000000aa';
const SECRET = '01981f00-0000-7000-8000-0000000000bb';
const STRANGER = '01981f00-0000-7000-8000-0000000000cc';

describe('/v1/requests', () => {
  let plane: ControlPlane;
  let call: Call;
  let agentId: string;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
    const { projectId } = (await call('GET', '/v1/system')).body;
    agentId = (await call('GET', '/v1/agents/default')).body.id;
    await storeEntries(plane.databaseUrl, [
      anEntry({ projectId, agentId, agentName: 'Default', at: HOUR, path: '/one' }),
      anEntry({
        projectId,
        at: HOUR + 60_000,
        method: 'POST',
        host: 'api.github.com',
        status: 201,
        secretIds: [SECRET],
        secretNames: ['GH'],
      }),
      anEntry({
        projectId,
        at: HOUR + 120_000,
        decision: 'blocked',
        refusal: 'blocked_by_policy',
        status: 403,
        ruleIds: [RULE],
        ruleNames: ['No'],
      }),
      anEntry({
        projectId: null,
        at: HOUR + 180_000,
        decision: 'refused',
        refusal: 'proxy_auth_required',
        status: 407,
        path: null,
      }),
      anEntry({ projectId: STRANGER, at: HOUR + 240_000, path: '/not-yours' }),
    ]);
  });
  afterAll(() => plane.close());

  it('lists the newest first, with those of nobody and without those of other projects', async () => {
    const { status, body } = await call('GET', '/v1/requests');
    expect(status).toBe(200);
    expect(body.nextCursor).toBeNull();
    expect(body.items.map((item: { time: string }) => Date.parse(item.time) - HOUR)).toEqual([
      180_000, 120_000, 60_000, 0,
    ]);
    expect(body.items[3]).toEqual({
      id: expect.any(String),
      time: '2026-03-01T10:00:00.000Z',
      agentId,
      agentName: 'Default',
      method: 'GET',
      scheme: 'https',
      host: 'api.example.com',
      port: 443,
      path: '/one',
      decision: 'allowed',
      refusal: null,
      ruleIds: [],
      ruleNames: [],
      secretIds: [],
      secretNames: [],
      outrankedSecretNames: [],
      status: 200,
      bytesUp: 10,
      bytesDown: 20,
      durationMs: 5,
      timings: { auth: 0.1, decide: 0.2, connect: 1.5, firstByte: 3.25 },
      upstreamAddress: '203.0.113.9',
      clientAddress: '127.0.0.1',
      replica: 'test',
      protocol: 'https',
    });
  });

  it('pages by cursor without loss or repetition', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null && page < 10; page++) {
      const answer = await call(
        'GET',
        `/v1/requests?limit=1${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      expect(answer.body.items).toHaveLength(1);
      seen.push(answer.body.items[0].id);
      cursor = answer.body.nextCursor;
    }
    expect(seen).toEqual((await call('GET', '/v1/requests')).body.items.map((item: { id: string }) => item.id));
  });

  it.each([
    [() => `agentId=${agentId}`, 1],
    [() => 'host=API.GitHub.com', 1],
    [() => 'method=post', 1],
    [() => 'decision=blocked', 1],
    [() => 'status=407', 1],
    [() => `secretId=${SECRET}`, 1],
    [() => `ruleId=${RULE}`, 1],
    [() => 'from=2026-03-01T10:01:00Z&to=2026-03-01T10:02:00Z', 1],
    [() => 'from=2026-03-01T12:01:00%2B02:00', 3],
    [() => 'q=GITHUB', 1],
    [() => 'q=%25', 0],
    [() => 'decision=allowed&method=GET', 1],
  ])('filters by %s', async (query, count) => {
    expect((await call('GET', `/v1/requests?${query()}`)).body.items).toHaveLength(count);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=x', 'limit'],
    ['agentId=x', 'agentId'],
    ['decision=maybe', 'decision'],
    ['status=99', 'status'],
    ['from=yesterday', 'from'],
    ['to=2026-03-01', 'to'],
    ['host=a&host=b', 'host'],
    ['sort=asc', 'sort'],
  ])('refuses ?%s', async (query, path) => {
    const { status, body } = await call('GET', `/v1/requests?${query}`);
    expect([status, body.code, body.details[0].path]).toEqual([400, 'VALIDATION', path]);
  });

  it('refuses a cursor that it never gave', async () => {
    const { status, body } = await call('GET', '/v1/requests?cursor=abc');
    expect([status, body.code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('answers one request by its id, and 404 for what is not there, malformed or of another project', async () => {
    const [newest] = (await call('GET', '/v1/requests')).body.items;
    expect((await call('GET', `/v1/requests/${newest.id}`)).body).toEqual(newest);
    for (const id of ['x', STRANGER]) {
      const { status, body } = await call('GET', `/v1/requests/${id}`);
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });

  it('counts by time bucket and decision', async () => {
    const { status, body } = await call(
      'GET',
      '/v1/requests/stats?from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z&bucket=120',
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      bucketSeconds: 120,
      buckets: [
        { time: '2026-03-01T10:00:00.000Z', counts: { allowed: 2 } },
        { time: '2026-03-01T10:02:00.000Z', counts: { blocked: 1, refused: 1 } },
      ],
      total: 4,
    });
  });

  it.each([
    ['from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z', 'bucket'],
    ['from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z&bucket=0', 'bucket'],
    ['from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z&bucket=1', 'bucket'],
    ['from=2026-03-01T11:00:00Z&to=2026-03-01T10:00:00Z&bucket=60', 'to'],
    ['to=2026-03-01T11:00:00Z&bucket=60', 'from'],
  ])('refuses totals of ?%s', async (query, path) => {
    const { status, body } = await call('GET', `/v1/requests/stats?${query}`);
    expect([status, body.code, body.details[0].path]).toEqual([400, 'VALIDATION', path]);
  });

  it('is seen by the first-run checklist', async () => {
    expect((await call('GET', '/v1/system')).body.firstSteps.requestSeen).toBe(true);
  });
});
