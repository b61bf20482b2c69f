/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Longest unfinished event; a stream that never ends a line must not fill the memory. */
const PENDING_MAX = 4 * 1024 * 1024;

/**
 * Reads `text/event-stream` (WHATWG HTML 9.2.6) from chunks that may end anywhere.
 * @throws when one event is longer than 4 MiB
 */
export async function* readEvents(chunks: AsyncIterable<unknown>): AsyncGenerator<ServerEvent> {
  let pending = '';
  for await (const chunk of chunks) {
    pending += String(chunk);
    const blocks = pending.split(/\r\n\r\n|\n\n|\r\r/);
    pending = blocks.pop() ?? '';
    if (pending.length > PENDING_MAX) throw new Error('An event of the stream is too long.');
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== undefined) yield event;
    }
  }
}

function parseBlock(block: string): ServerEvent | undefined {
  const data: string[] = [];
  let event = 'message';
  let id: string | undefined;
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
  }
  // A block of comments (keep-alives) or a bare retry says nothing.
  return data.length === 0 ? undefined : { event, data: data.join('\n'), id };
}
