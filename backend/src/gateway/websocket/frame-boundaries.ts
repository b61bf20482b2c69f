/** RFC 6455, 5.5.1. */
const CLOSE = 0x8;
const MASKED = 0x80;
/** The first two bytes of a frame say how long its head is. */
const SHORTEST_HEAD = 2;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455, 5.2) to know where one ends and the next may begin; keeps
 * nothing of them. A control frame may stand at every boundary, between the fragments of a message too (5.4).
 */
export class FrameBoundaries {
  #seen = 0;
  #headLength = SHORTEST_HEAD;
  #lengthEnds = SHORTEST_HEAD;
  #opcode = 0;
  #payload = 0;
  #left = 0;
  #closed = false;

  /** Whether a frame of one's own may be written now. */
  get atBoundary(): boolean {
    return this.#seen === 0 && !this.#closed;
  }

  /** Whether a close frame has passed: no frame follows it. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes note of all of these bytes. */
  advance(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#closed;) at = this.#toBoundary(chunk, at);
  }

  /** Takes note of the bytes up to the next boundary and says how many they are; none at a boundary. */
  advanceToBoundary(chunk: Uint8Array): number {
    return this.#seen === 0 ? 0 : this.#toBoundary(chunk, 0);
  }

  #toBoundary(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#seen < this.#headLength) {
        this.#readHead(chunk[at] ?? 0);
        at += 1;
      } else {
        const step = Math.min(this.#left, chunk.length - at);
        this.#left -= step;
        at += step;
      }
      if (this.#seen === this.#headLength && this.#left === 0) {
        this.#closed = this.#opcode === CLOSE;
        this.#seen = 0;
        this.#headLength = SHORTEST_HEAD;
        return at;
      }
    }
    return at;
  }

  #readHead(byte: number): void {
    if (this.#seen === 0) this.#opcode = byte & 0x0f;
    else if (this.#seen === 1) this.#readShape(byte);
    // Past 2^53 the count is not exact any more; nobody lives to see such a frame end.
    else if (this.#seen < this.#lengthEnds) this.#payload = this.#payload * 256 + byte;
    this.#seen += 1;
    if (this.#seen === this.#headLength) this.#left = this.#payload;
  }

  #readShape(byte: number): void {
    const length = byte & ~MASKED;
    const extension = length === 127 ? 8 : length === 126 ? 2 : 0;
    this.#payload = extension === 0 ? length : 0;
    this.#lengthEnds = SHORTEST_HEAD + extension;
    this.#headLength = this.#lengthEnds + ((byte & MASKED) === 0 ? 0 : 4);
  }
}
