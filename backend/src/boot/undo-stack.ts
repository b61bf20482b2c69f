/** What has been started and how to stop it again, last first. */
export class UndoStack {
  readonly #steps: (() => Promise<void>)[] = [];
  #ending: Promise<void> | undefined;

  push(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Stops everything once, however often it is asked. A step that fails does not keep the others from running. */
  unwind(onError: (error: unknown) => void): Promise<void> {
    this.#ending ??= this.#unwind(onError);
    return this.#ending;
  }

  async #unwind(onError: (error: unknown) => void): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step().catch(onError);
  }
}
