import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { EventReader } from '../support/event-reader.js';
import { anEntry, storeEntries } from '../support/request-log-rows.js';
import { restClient } from '../support/rest-client.js';

describe('/v1/requests/stream', () => {
  let plane: ControlPlane;
  let projectId: string;
  const readers: EventReader[] = [];

  beforeEach(async () => {
    plane = await startControlPlane();
    projectId = (await restClient(plane.url)('GET', '/v1/system')).body.projectId;
  });
  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
    await plane.close();
  });

  async function watch(query = '', lastEventId?: string): Promise<EventReader> {
    const reader = await EventReader.open(`${plane.url}/v1/requests/stream${query}`, lastEventId);
    readers.push(reader);
    return reader;
  }

  /** Stores until the watcher hears of it: its own connection to the database may still be on its way. */
  async function recordUntilHeard(reader: EventReader): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      await storeEntries(plane.databaseUrl, [anEntry({ projectId, path: '/warm-up' })]);
      if ((await reader.next(200)) !== undefined) return;
    }
    throw new Error('the stream stayed silent');
  }

  it('sends entries as they are recorded, each with its id', async () => {
    const reader = await watch();
    expect(reader.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(reader.headers.get('cache-control')).toContain('no-store');
    await recordUntilHeard(reader);
    const entry = anEntry({ projectId, path: '/seen' });
    await storeEntries(plane.databaseUrl, [entry, anEntry({ projectId: anEntry().id, path: '/other-project' })]);
    const event = await reader.until((candidate) => candidate.data.path !== '/warm-up');
    expect(event).toMatchObject({
      id: entry.id,
      type: 'request',
      data: { id: entry.id, path: '/seen', decision: 'allowed' },
    });
    expect(await reader.next(300)).toBeUndefined();
  });

  it('sends only what its filter takes', async () => {
    const all = await watch();
    const blocked = await watch('?decision=blocked&host=api.example.com');
    await recordUntilHeard(all);
    await storeEntries(plane.databaseUrl, [
      anEntry({ projectId, decision: 'blocked', host: 'other.example.com' }),
      anEntry({ projectId, decision: 'blocked', path: '/this-one' }),
    ]);
    expect((await blocked.next(3000))?.data).toMatchObject({ path: '/this-one' });
    expect(await blocked.next(300)).toBeUndefined();
  });

  it('resumes after the last entry that a client saw, long exchanges that ended since included', async () => {
    const now = Date.now() - 60_000;
    const seen = anEntry({ projectId, at: now, path: '/seen' });
    await storeEntries(plane.databaseUrl, [
      anEntry({ projectId, at: now - 30_000, path: '/before' }),
      seen,
      anEntry({ projectId, at: now - 10_000, durationMs: 20_000, path: '/long' }),
      anEntry({ projectId, at: now + 5000, path: '/after' }),
    ]);
    const reader = await watch('', seen.id);
    const paths = [await reader.next(3000), await reader.next(3000)].map((event) => event?.data.path);
    expect(paths).toEqual(['/after', '/long']);
    expect(await reader.next(300)).toBeUndefined();
  });

  it('says that there is a gap when the last seen entry is not there any more', async () => {
    const reader = await watch('', anEntry().id);
    expect(await reader.next(3000)).toMatchObject({ type: 'gap', data: { reload: true } });
  });

  it('answers a bad filter with an error and not with a stream', async () => {
    const answer = await restClient(plane.url)('GET', '/v1/requests/stream?decision=maybe');
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION']);
  });

  it('drops a client that does not read, instead of holding its events', async () => {
    const { port } = new URL(plane.url);
    const accepted = once(plane.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const lazy = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    const [served] = await accepted;
    lazy.write(`GET /v1/requests/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const reader = await watch();
    await recordUntilHeard(reader);
    const path = `/${'x'.repeat(8000)}`;
    for (let batch = 0; batch < 60 && !served.destroyed; batch++) {
      await storeEntries(
        plane.databaseUrl,
        Array.from({ length: 100 }, () => anEntry({ projectId, path })),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(served.destroyed).toBe(true);
    expect((await reader.next(1000))?.type).toBe('request');
    lazy.destroy();
  }, 60_000);

  it('ends when the control plane shuts down', async () => {
    const reader = await watch();
    await plane.app.close();
    await expect(reader.state(5000)).resolves.toBe('ended');
  });
});
