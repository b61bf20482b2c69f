import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import type { RequestLogEntryView } from '../../../libs/contracts/requests.js';
import { RequestLogFeed } from '../../src/audit/request-log.feed.js';
import { RequestLogReader } from '../../src/audit/request-log.reader.js';
import { RequestLogRecorder } from '../../src/audit/request-log.recorder.js';
import { UsageReader } from '../../src/audit/usage.reader.js';
import { uuidV7 } from '../../src/persistence/uuid-v7.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aConfig, aDataDirectory, anEntry, PROJECT, startRecording, until } from './recording-app.js';

const scope = { projectId: PROJECT, includeUnattributed: false };

describe('an exchange that was recorded', () => {
  const data = aDataDirectory();
  let database: TestDatabase;
  let app: INestApplicationContext;
  let recorder: RequestLogRecorder;
  let reader: RequestLogReader;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startRecording(aConfig(database.url, data.path));
    recorder = app.get(RequestLogRecorder);
    reader = app.get(RequestLogReader);
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
    data.remove();
  });

  it('is in the reader within a second, with every field as it was', async () => {
    const entry = anEntry({
      agentId: uuidV7(),
      agentName: 'Ägent "one"',
      ruleIds: [uuidV7(), uuidV7()],
      ruleNames: ['a, b', '{"c"}'],
      secretIds: [uuidV7()],
      secretNames: ['Key \\ 1'],
      outrankedSecretNames: ['NULL'],
      bytesDown: 5_000_000_000,
      at: 1_795_000_000_123,
    });
    expect(recorder.append(entry)).toBe(true);
    const took = await until(async () => (await reader.get(scope, entry.id)) !== undefined, 3000);
    const { projectId: _project, at, ...fields } = entry;
    expect(await reader.get(scope, entry.id)).toEqual({ ...fields, time: new Date(at).toISOString() });
    expect(took).toBeLessThan(1000);
  });

  it('is told to those who listen, in order, and to nobody of another project', async () => {
    const heard: RequestLogEntryView[][] = [];
    const elsewhere: string[] = [];
    const feed = app.get(RequestLogFeed);
    const stop = [
      feed.subscribe(scope, (entries) => heard.push([...entries])),
      feed.subscribe({ projectId: uuidV7(), includeUnattributed: false }, (entries) =>
        elsewhere.push(...entries.map((entry) => entry.id)),
      ),
    ];
    await until(async () => (await listeners(database.url)) > 0);
    const entries = Array.from({ length: 700 }, (_, n) => anEntry({ at: Date.now() + n }));
    for (const entry of entries.toReversed()) recorder.append(entry);
    await until(() => heard.flat().length >= entries.length);
    expect(idsOf(heard.flat()).sort()).toEqual(idsOf(entries).sort());
    for (const delivery of heard) expect(idsOf(delivery)).toEqual(idsOf(delivery).sort());
    expect(elsewhere).toEqual([]);
    for (const end of stop) end();
    await until(async () => (await listeners(database.url)) === 0);
  });

  it('says when its agent and its secrets were last in use', async () => {
    const [agentId, secretId] = [uuidV7(), uuidV7()];
    const newest = anEntry({ agentId, secretIds: [secretId], at: 1_790_000_000_500 });
    for (const at of [1_790_000_000_100, 1_790_000_000_300])
      recorder.append(anEntry({ agentId, secretIds: [secretId], at }));
    recorder.append(newest);
    await until(async () => (await reader.list(scope, { agentId }, null, 10)).items.length === 3);
    recorder.append(anEntry({ agentId, secretIds: [secretId], at: 1_790_000_000_200 }));
    await until(async () => (await reader.list(scope, { agentId }, null, 10)).items.length === 4);
    const usage = app.get(UsageReader);
    expect(await usage.agentsLastSeen([agentId, uuidV7()])).toEqual(new Map([[agentId, new Date(newest.at)]]));
    expect(await usage.secretsLastUsed([secretId])).toEqual(new Map([[secretId, new Date(newest.at)]]));
  });

  it('cannot be changed or removed', async () => {
    const client = new Client(database.url);
    await client.connect();
    for (const statement of ["update request_log set host = 'x'", 'delete from request_log', 'truncate request_log']) {
      await expect(client.query(statement)).rejects.toThrow(/request_log is append-only/);
    }
    await client.end();
  });
});

const idsOf = (entries: readonly { readonly id: string }[]) => entries.map((entry) => entry.id);

async function listeners(url: string): Promise<number> {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query(
    "select count(*)::int as count from pg_stat_activity where application_name = 'onecli-request-log-feed' and query ilike 'listen%' and datname = current_database()",
  );
  await client.end();
  return rows[0].count;
}
