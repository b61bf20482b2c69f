/** One server-sent event whose data is JSON. */
export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly type: string | undefined;
  // Tests look into data of every shape.
  readonly data: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** Reads a stream of server-sent events; comments are passed over. */
export class EventReader {
  readonly #events: ReceivedEvent[] = [];
  readonly #ended: Promise<'ended' | 'cut'>;
  #wake: () => void = () => undefined;

  private constructor(
    private readonly response: Response,
    private readonly abort: AbortController,
  ) {
    this.#ended = this.#read().then(
      () => 'ended',
      () => 'cut',
    );
  }

  /** Throws when the answer is not an event stream. */
  static async open(url: string, lastEventId?: string): Promise<EventReader> {
    const abort = new AbortController();
    const headers = {
      Accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
    };
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok) throw new Error(`the stream answered ${response.status}`);
    return new EventReader(response, abort);
  }

  get headers(): Headers {
    return this.response.headers;
  }

  /** The next event, or undefined when none comes in time. */
  async next(timeoutMs: number): Promise<ReceivedEvent | undefined> {
    const deadline = Date.now() + timeoutMs;
    while (this.#events.length === 0 && Date.now() < deadline) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, Math.max(1, deadline - Date.now()));
      });
    }
    return this.#events.shift();
  }

  /** The first event that is wanted. Throws when none comes within five seconds. */
  async until(wanted: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent> {
    for (;;) {
      const event = await this.next(5000);
      if (event === undefined) throw new Error('no such event came');
      if (wanted(event)) return event;
    }
  }

  /** How the stream is at the latest then: ended by the server, cut off, or still open. */
  state(timeoutMs: number): Promise<'ended' | 'cut' | 'open'> {
    return Promise.race([
      this.#ended,
      new Promise<'open'>((resolve) => {
        setTimeout(() => resolve('open'), timeoutMs).unref();
      }),
    ]);
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.#ended;
  }

  async #read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const match = /^([a-z]+): ?(.*)$/.exec(line);
      if (match?.[1] !== undefined) fields.set(match[1], (fields.get(match[1]) ?? '') + (match[2] ?? ''));
    }
    const data = fields.get('data');
    if (data === undefined) return;
    this.#events.push({ id: fields.get('id'), type: fields.get('event'), data: JSON.parse(data) });
    this.#wake();
  }
}
