import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * The agent's request body on its way up. It stands between the agent's message and the HTTP client, because the client
 * destroys the body it was given when the upstream fails, and destroying an `IncomingMessage` closes the agent's
 * connection before the gateway can answer on it.
 */
export class RequestBody extends Readable {
  started = false;
  readonly #source: IncomingMessage;

  constructor(source: IncomingMessage) {
    super({ highWaterMark: 64 * 1024 });
    this.#source = source;
    source.on('data', this.#onData);
    source.once('end', this.#onEnd);
    source.once('error', this.#onBroken);
    source.once('close', this.#onClose);
    source.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#source.pause();
  };

  readonly #onEnd = (): void => {
    this.push(null);
  };

  readonly #onBroken = (error: Error): void => {
    this.destroy(error);
  };

  readonly #onClose = (): void => {
    if (!this.#source.complete) this.destroy(new Error('the agent closed its connection within the body'));
  };

  override _read(): void {
    this.started = true;
    this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.off('data', this.#onData);
    this.#source.off('end', this.#onEnd);
    this.#source.off('close', this.#onClose);
    // Its 'error' listener stays: a late reset of the agent's connection must not become an uncaught exception.
    callback(error);
  }
}
