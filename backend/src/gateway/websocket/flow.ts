import type { Socket } from 'node:net';
import { FrameBoundaries } from './frame-boundaries.js';

/**
 * One direction of a WebSocket: the bytes as they come, with backpressure; the end of one side's stream ends the other's. It
 * can be ended from here with a close frame, which stands where a frame may stand.
 */
export class Flow {
  readonly #frames = new FrameBoundaries();
  /** Waits for the frame that is under way. */
  #farewell: Buffer | undefined;
  #over = false;
  /** The receiving side has enough for now. */
  #waiting = false;

  /** `passed` hears of every step forward, with the bytes that were passed on: none when the reader caught up. */
  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly passed: (bytes: number) => void,
  ) {}

  /** Whether the receiving side was told that nothing more comes. */
  get over(): boolean {
    return this.#over;
  }

  start(): void {
    this.from.on('readable', this.#read);
    this.from.once('end', this.#onEnd);
    this.to.on('drain', this.#onDrain);
    this.#read();
  }

  /** Ends after the frame that is under way, so that no message is torn. */
  goAway(frame: Buffer): void {
    if (this.#over) return;
    if (this.#frames.atBoundary || this.#frames.closed) this.#finish(frame);
    else this.#farewell = frame;
  }

  /** Ends now: not a byte more is passed on. In the middle of a frame no other can be sent. */
  cut(frame: Buffer): void {
    if (!this.#over) this.#finish(this.#frames.atBoundary ? frame : undefined);
  }

  /**
   * Whatever has gathered is one piece and one write. TLS gives 16 KiB at a time: taken as they come ('data'), a long message
   * would cost several times as many encryptions and system calls.
   */
  readonly #read = (): void => {
    while (!this.#waiting) {
      const chunk = this.from.read() as Buffer | null;
      if (chunk === null) return;
      this.#take(chunk);
    }
  };

  #take(chunk: Buffer): void {
    // Read and thrown away: left unread, closing would reset the connection and take the close frame with it.
    if (this.#over) return;
    if (this.#farewell === undefined) {
      this.#frames.advance(chunk);
      this.#pass(chunk);
      return;
    }
    this.#pass(chunk.subarray(0, this.#frames.advanceToBoundary(chunk)));
    if (this.#frames.atBoundary || this.#frames.closed) this.#finish(this.#farewell);
  }

  readonly #onEnd = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.to.end();
  };

  readonly #onDrain = (): void => {
    this.passed(0);
    this.#waiting = false;
    this.#read();
  };

  #pass(chunk: Buffer): void {
    this.passed(chunk.length);
    this.#waiting = !this.to.write(chunk);
  }

  #finish(frame: Buffer | undefined): void {
    this.#over = true;
    if (frame === undefined || this.#frames.closed) this.to.end();
    else this.to.end(frame);
    this.#waiting = false;
    this.#read();
  }
}
