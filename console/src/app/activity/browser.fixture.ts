import type { RequestLogEntryView } from '../../../../libs/contracts/requests';

/** What the test environment's browser lacks: event streams, media queries, observed sizes, and frames at a test's command. */
export class BrowserStub {
  private readonly streams: StreamStub[] = [];
  private frames: FrameRequestCallback[] = [];

  constructor() {
    const { streams } = this;
    class EventSourceStub extends StreamStub {
      constructor(readonly url: string) {
        super();
        streams.push(this);
      }
    }
    class ResizeObserverStub {
      observe(): void {
        // Nothing has a size here.
      }
      disconnect(): void {
        // Nor does it change.
      }
    }
    const matchMedia = () => ({ matches: false, addEventListener: nothing, removeEventListener: nothing });
    Object.assign(globalThis, { EventSource: EventSourceStub, ResizeObserver: ResizeObserverStub, matchMedia });
    globalThis.requestAnimationFrame = (callback) => this.frames.push(callback);
    globalThis.cancelAnimationFrame = nothing;
  }

  nextFrame(): void {
    const due = this.frames;
    this.frames = [];
    for (const callback of due) callback(0);
  }

  /** The stream that was opened last. */
  stream(): StreamStub {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('no stream was opened');
    return stream;
  }
}

export class StreamStub {
  static readonly CLOSED = 2;
  readyState = 1;
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;
  private readonly listeners = new Map<string, (event: { readonly data: string }) => void>();

  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void {
    this.listeners.set(type, listener);
  }

  close(): void {
    this.readyState = StreamStub.CLOSED;
  }

  open(): void {
    this.onopen?.();
  }

  entry(entry: RequestLogEntryView): void {
    this.listeners.get('request')?.({ data: JSON.stringify(entry) });
  }

  gap(): void {
    this.listeners.get('gap')?.({ data: '{}' });
  }
}

function nothing(): void {
  // Listeners of what never changes.
}
