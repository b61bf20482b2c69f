import { jest } from '@jest/globals';
import type { MessageEvent } from '@nestjs/common';
import type { RequestLogFeed } from '../../audit/request-log.feed.js';
import type { RequestLogReader } from '../../audit/request-log.reader.js';
import { RequestStreams } from './request-streams.js';

const SCOPE = { projectId: 'p', includeUnattributed: true };

describe('event streams of the request log', () => {
  const unsubscribe = jest.fn();
  const feed = { subscribe: () => unsubscribe } as unknown as RequestLogFeed;
  const streams = () => new RequestStreams(feed, {} as RequestLogReader);

  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it('say every 15 seconds that they are still there, until their client leaves', () => {
    const events: MessageEvent[] = [];
    const subscription = streams()
      .open(SCOPE, {}, undefined)
      .subscribe((event) => events.push(event));
    jest.advanceTimersByTime(45_000);
    expect(events).toEqual([{ comment: 'open' }, ...Array<MessageEvent>(3).fill({ comment: 'still here' })]);
    subscription.unsubscribe();
    jest.advanceTimersByTime(45_000);
    expect(events).toHaveLength(4);
    expect(unsubscribe).toHaveBeenCalled();
  });

  it('are bounded in number, and free their place', async () => {
    const all = streams();
    const open = Array.from({ length: 100 }, () => all.open(SCOPE, {}, undefined).subscribe());
    expect(() => all.open(SCOPE, {}, undefined)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    open[0]?.unsubscribe();
    expect(() => all.open(SCOPE, {}, undefined)).not.toThrow();
    await all.onModuleDestroy();
    expect(open.every((subscription) => subscription.closed)).toBe(true);
  });
});
