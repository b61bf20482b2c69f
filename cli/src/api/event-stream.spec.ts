import { Readable } from 'node:stream';
import { readEvents, type ServerEvent } from './event-stream.js';

async function read(...chunks: string[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(Readable.from(chunks))) events.push(event);
  return events;
}

describe('an event stream', () => {
  it('may be cut anywhere', async () => {
    const whole = 'id: 1\ndata: {"a":1}\n\nevent: gap\nid: 2\ndata: one\ndata: two\n\n';
    const expected = [
      { event: 'message', data: '{"a":1}', id: '1' },
      { event: 'gap', data: 'one\ntwo', id: '2' },
    ];
    for (let cut = 0; cut <= whole.length; cut += 1) {
      expect(await read(whole.slice(0, cut), whole.slice(cut))).toEqual(expected);
    }
  });

  it('ends its lines in any of three ways', async () => {
    expect(await read('data: a\r\n\r\ndata: b\r\rdata: c\n\n')).toHaveLength(3);
  });

  it('says nothing by comments, by a bare retry, and by what is unfinished', async () => {
    expect(await read(': keep-alive\n\nretry: 1000\n\ndata: never ended')).toEqual([]);
  });
});
