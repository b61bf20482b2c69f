import { isatty } from 'node:tty';
import { Failure, UsageError } from '../failure.js';
import { printError, type Terminal } from '../output/terminal.js';
import { EMPTY_LINE, type HiddenLine, type } from './hidden-line.js';

const STDIN = 0;
const INTERRUPTED = 130;
/** No credential is longer; a pipe that never ends must not fill the memory. */
const VALUE_MAX_BYTES = 65_536;

/** What people type and programs pipe in. */
export class Input {
  constructor(private readonly terminal: Terminal) {}

  get isTerminal(): boolean {
    return isatty(STDIN);
  }

  /**
   * A secret value: from a prompt without echo on a terminal, else from standard input.
   * @throws UsageError when it is empty or longer than 64 KiB
   */
  async secretValue(prompt: string, isFromStdin: boolean): Promise<string> {
    const value = this.isTerminal && !isFromStdin ? await this.hiddenLine(prompt) : await this.piped();
    if (value === '') throw new UsageError('The secret value is empty.', ['Type it at the prompt, or pipe it in.']);
    return value;
  }

  /** Asks on a terminal; anything that cannot be asked has decided already. */
  async confirm(question: string): Promise<void> {
    if (!this.isTerminal || this.terminal.isJson) return;
    const answer = await this.line(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('Nothing was changed.');
  }

  private async piped(): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of process.stdin) {
      const bytes = Buffer.from(chunk as Uint8Array);
      length += bytes.length;
      if (length > VALUE_MAX_BYTES) throw new UsageError('The secret value is longer than 64 KiB.');
      chunks.push(bytes);
    }
    // `echo` and editors end a line; a credential does not.
    return Buffer.concat(chunks)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }

  private hiddenLine(prompt: string): Promise<string> {
    printError(prompt);
    process.stdin.setRawMode(true).setEncoding('utf8').resume();
    return new Promise<string>((resolve, reject) => {
      let line: HiddenLine = EMPTY_LINE;
      const onKeys = (keys: string): void => {
        line = type(line, keys);
        if (line.end === 'open') return;
        process.stdin.off('data', onKeys).setRawMode(false).pause();
        printError('\n');
        if (line.end === 'entered') resolve(line.typed);
        else reject(new Failure('Interrupted: nothing was stored.', 'error', [], INTERRUPTED));
      };
      process.stdin.on('data', onKeys);
    });
  }

  private line(prompt: string): Promise<string> {
    printError(prompt);
    process.stdin.setEncoding('utf8').resume();
    return new Promise<string>((resolve) => {
      const finish = (typed: string): void => {
        process.stdin.off('data', finish).off('end', onEnd).pause();
        resolve(typed);
      };
      const onEnd = (): void => finish('');
      process.stdin.on('data', finish).on('end', onEnd);
    });
  }
}
