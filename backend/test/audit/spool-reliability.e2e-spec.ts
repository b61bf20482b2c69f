import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { IngestionModule } from '../../src/audit/ingestion.module.js';
import { RecordingModule } from '../../src/audit/recording.module.js';
import { RequestLogRecorder } from '../../src/audit/request-log.recorder.js';
import { encodeBatch } from '../../src/audit/spool-format.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aGateBefore } from './database-gate.js';
import { aConfig, aDataDirectory, anEntry, startRecording, until } from './recording-app.js';

jest.setTimeout(60_000);

describe('the audit spool', () => {
  let database: TestDatabase;
  let client: Client;
  let data: ReturnType<typeof aDataDirectory>;
  const ending: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client(database.url);
    client.on('error', () => undefined);
    await client.connect();
    data = aDataDirectory();
  });

  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
    await client.end();
    await database.drop();
    data.remove();
  });

  const stored = async () =>
    new Set((await client.query('select id from request_log')).rows.map((row) => row.id as string));
  const spool = () => join(data.path, 'spool');
  const segments = () =>
    existsSync(spool())
      ? (readdirSync(spool(), { recursive: true }) as string[]).filter((name) => name.endsWith('.spool'))
      : [];
  const start = async (
    url = database.url,
    more: Record<string, string> = {},
    modules = [RecordingModule, IngestionModule],
  ) => {
    const lines: string[] = [];
    const app = await startRecording(aConfig(url, data.path, more), modules, lines);
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= app.close());
    ending.push(close);
    return { recorder: app.get(RequestLogRecorder), lines, close };
  };

  it('loses nothing that is older than a second when its process is killed, and stores nothing twice', async () => {
    const child = aRecordingProcess(database.url, data.path);
    ending.push(() => killed(child));
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(() => said.length > 0, 20_000);
    await pause(2500);
    const killedAt = Date.now();
    await killed(child);
    const appended = said
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ') as [string, string]);
    const owed = appended.filter(([, at]) => Number(at) < killedAt - 1000).map(([id]) => id);
    expect(owed.length).toBeGreaterThan(2000);

    await start();
    await until(async () => includesAll(await stored(), owed), 20_000);
    await until(() => segments().length === 0);
    const { rows } = await client.query(
      'select count(*)::int as count, count(distinct id)::int as distinct from request_log',
    );
    expect(rows[0].count).toBe(rows[0].distinct);
    // A read of the child's output may trail its death by a last unspoken line; nothing else may be there.
    expect(rows[0].count).toBeLessThanOrEqual(appended.length + 1000);
  });

  it('keeps recording while the database is away, in bounded memory, and stores all of it afterwards', async () => {
    const gate = await aGateBefore(database.url);
    ending.push(() => gate.shut());
    const { recorder } = await start(gate.url);
    const entries = Array.from({ length: 12_000 }, () => anEntry());
    const append = (from: number, to: number) => entries.slice(from, to).map((entry) => recorder.append(entry));
    append(0, 1000);
    await pause(30);
    await gate.shut();
    for (let n = 1000; n < 12_000; n += 1000) {
      expect(append(n, n + 1000)).not.toContain(false);
      await pause(300);
    }
    expect(recorder.counts).toMatchObject({ appended: 12_000, dropped: 0, buffered: 0 });
    expect(segments().length).toBeGreaterThan(0);
    await gate.open();
    await until(async () => (await stored()).size === entries.length, 30_000);
    await until(() => segments().length === 0);
    expect(recorder.counts.spoolBytes).toBe(0);
  });

  it('is passed on when its process ends in order while the database is away', async () => {
    const gate = await aGateBefore(database.url);
    const before = await start(gate.url);
    await gate.shut();
    const entries = Array.from({ length: 700 }, () => anEntry());
    for (const entry of entries) before.recorder.append(entry);
    await before.close();
    expect(segments().length).toBeGreaterThan(0);
    await start();
    await until(async () => (await stored()).size === entries.length);
    await until(() => segments().length === 0);
  });

  it('is empty after an ending in order: everything is with the queue', async () => {
    const { recorder, close } = await start();
    const entries = Array.from({ length: 1700 }, () => anEntry());
    for (const entry of entries) recorder.append(entry);
    await close();
    expect(readdirSync(spool())).toEqual([]);
    await start();
    await until(async () => (await stored()).size === entries.length);
  });

  it('says so, drops and counts when it is full, and goes on when there is room again', async () => {
    const gate = await aGateBefore(database.url);
    ending.push(() => gate.shut());
    const { recorder, lines } = await start(gate.url, { AUDIT_SPOOL_MAX_MIB: '1' });
    await gate.shut();
    let taken = 0;
    for (let n = 0; n < 60; n += 1) {
      for (let m = 0; m < 100; m += 1) taken += recorder.append(anEntry()) ? 1 : 0;
      await pause(20);
    }
    expect(recorder.full).toBe(true);
    expect(taken).toBeGreaterThan(500);
    expect(recorder.counts).toMatchObject({ appended: taken, dropped: 6000 - taken });
    expect(recorder.counts.spoolBytes).toBeLessThanOrEqual(1.1 * 1024 * 1024);
    await until(() => lines.some((line) => line.includes('were dropped')), 15_000);
    await gate.open();
    await until(() => !recorder.full, 20_000);
    const later = anEntry();
    expect(recorder.append(later)).toBe(true);
    await until(async () => (await stored()).size === taken + 1, 20_000);
    expect((await stored()).has(later.id)).toBe(true);
  });

  it('takes over what a dead replica left, skipping a torn end, and leaves a living one alone', async () => {
    const [dead, alive, stale] = [anEntry(), anEntry(), anEntry()];
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    const space = process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : process.platform;
    const lease = (pid: number | undefined, host: string) => JSON.stringify({ pid, host, space, released: false });
    leave('dead~1', lease(ended.pid, hostname()), encodeBatch([dead], 0).bytes);
    const torn = join(
      spool(),
      'dead~1',
      readdirSync(join(spool(), 'dead~1')).find((name) => name.endsWith('.spool')) ?? '',
    );
    writeFileSync(torn, Buffer.concat([readFileSync(torn), encodeBatch([anEntry()], 0).bytes]));
    truncateSync(torn, statSync(torn).size - 5);
    leave('elsewhere~2', lease(1, 'another-host'), encodeBatch([alive], 0).bytes);
    leave('elsewhere~3', lease(1, 'a-third-host'), encodeBatch([stale], 0).bytes);
    const long = new Date(Date.now() - 11_000);
    utimesSync(join(spool(), 'elsewhere~3', 'lease'), long, long);

    const { lines } = await start();
    await until(async () => (await stored()).size === 2);
    expect(await stored()).toEqual(new Set([dead.id, stale.id]));
    expect(lines.filter((line) => line.includes('no whole batch'))).toHaveLength(1);
    expect(readdirSync(spool()).filter((name) => !name.startsWith('here~'))).toEqual(['elsewhere~2']);
  });

  it('is taken over by one replica only', async () => {
    const entries = Array.from({ length: 300 }, () => anEntry());
    for (const [n, entry] of entries.entries()) leave('dead~1', '{"released":true}', encodeBatch([entry], 0).bytes, n);
    const replicas = await Promise.all(
      ['one', 'two', 'three'].map((REPLICA_ID) => start(database.url, { REPLICA_ID })),
    );
    await until(async () => (await stored()).size === entries.length);
    const adopted = replicas.flatMap(({ lines }) =>
      lines.map((line) => (JSON.parse(line) as { segments?: number }).segments ?? 0),
    );
    expect(adopted.reduce((sum, count) => sum + count, 0)).toBe(entries.length);
  });

  it('writes again what it wrote into a spool that another replica took for abandoned', async () => {
    const gate = await aGateBefore(database.url);
    ending.push(() => gate.shut());
    const sleeper = await start(gate.url, { REPLICA_ID: 'sleeper' }, [RecordingModule]);
    await gate.shut();
    const [before, after] = [anEntry(), anEntry()];
    sleeper.recorder.append(before);
    await until(() => segments().length === 1);
    const directory = readdirSync(spool()).find((name) => name.startsWith('sleeper~')) ?? '';
    writeFileSync(join(spool(), directory, 'lease'), '{"released":true}');
    await start();
    await until(async () => (await stored()).has(before.id));
    sleeper.recorder.append(after);
    await gate.open();
    await until(async () => (await stored()).has(after.id), 20_000);
  });

  it('is closed to others', async () => {
    const gate = await aGateBefore(database.url);
    ending.push(() => gate.shut());
    const { recorder } = await start(gate.url);
    await gate.shut();
    recorder.append(anEntry());
    await until(() => segments().length > 0);
    const modes = [
      spool(),
      ...(readdirSync(spool(), { recursive: true }) as string[]).map((name) => join(spool(), name)),
    ].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(new Set(modes)).toEqual(new Set(['700', '600']));
    expect(modes[0]).toBe('700');
  });

  function leave(directory: string, lease: string, bytes: Buffer, n = 0): void {
    mkdirSync(join(spool(), directory), { recursive: true, mode: 0o700 });
    writeFileSync(join(spool(), directory, 'lease'), lease);
    writeFileSync(join(spool(), directory, `000000000000001-${String(n).padStart(9, '0')}-${directory}.spool`), bytes);
  }
});

function aRecordingProcess(url: string, dataDir: string): ChildProcess {
  const here = (name: string) => join(import.meta.dirname, name);
  return spawn(
    process.execPath,
    ['--import', here('compile-on-import.mjs'), here('recording-process.ts'), url, dataDir, 'killed'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] },
    },
  );
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function includesAll(ids: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.every((id) => ids.has(id));
}
