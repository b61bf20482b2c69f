import type { Observed } from './hostile-lane.js';
import { wasLetThrough } from './watched-gateway.js';

/** What a run of the fuzzer has done so far. */
export class FuzzTally {
  sent = 0;
  conversations = 0;
  arrived = 0;
  readonly #outcomes = new Map<string, number>();
  readonly #started = performance.now();

  constructor(private readonly seed: number) {}

  count({ conversation, arrived, entries, connectStatus }: Observed): void {
    this.conversations += 1;
    this.sent += conversation.requests.length;
    this.arrived += arrived.reduce((sum, { reading }) => sum + reading.requests.length, 0);
    for (const entry of entries)
      this.#add(entry.refusal ?? (wasLetThrough(entry) ? entry.decision : `tunnel ${entry.decision}`));
    if (connectStatus !== undefined && connectStatus !== 200) this.#add('CONNECT refused');
  }

  /** One line on the standard error stream, which jest leaves alone. */
  report(): void {
    const seconds = (performance.now() - this.#started) / 1000;
    const outcomes = [...this.#outcomes].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`);
    process.stderr.write(
      `seed ${this.seed}: ${this.sent} requests in ${this.conversations} conversations, ` +
        `${this.arrived} arrived, ${(this.sent / seconds).toFixed(0)} a second; ${outcomes.join(', ')}\n`,
    );
  }

  #add(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }
}
