import { randomBytes } from 'node:crypto';

/**
 * A text that rests in memory only under a one-time pad of its own (two arrays, neither of which says anything by itself), so
 * that it can be had again for the price of an exclusive-or. Whoever reads the whole memory of the process finds both, as
 * they would find the key that seals the text; what it keeps away is a clear text in a heap snapshot or a core dump's strings.
 */
export class MaskedText {
  readonly #pad: Buffer;
  readonly #masked: Buffer;

  /** Takes the bytes over: they are overwritten. UTF-8. */
  constructor(clear: Buffer) {
    this.#pad = randomBytes(clear.length);
    this.#masked = Buffer.allocUnsafeSlow(clear.length);
    for (let i = 0; i < clear.length; i += 1) this.#masked[i] = (clear[i] ?? 0) ^ (this.#pad[i] ?? 0);
    clear.fill(0);
  }

  reveal(): string {
    const clear = Buffer.allocUnsafe(this.#masked.length);
    for (let i = 0; i < clear.length; i += 1) clear[i] = (this.#masked[i] ?? 0) ^ (this.#pad[i] ?? 0);
    const text = clear.toString('utf8');
    clear.fill(0);
    return text;
  }

  toJSON(): string {
    return '[secret]';
  }
}
