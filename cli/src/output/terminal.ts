import { isatty, WriteStream } from 'node:tty';
import { type Style, styleFor } from './style.js';
import { type Column, table } from './table.js';

const STDOUT = 1;
const STDERR = 2;
const WIDTH_WITHOUT_TERMINAL = 120;

/** Where answers (standard output) and notes (standard error) go, as tables for people and JSON for programs. */
export class Terminal {
  readonly style: Style;
  readonly errorStyle: Style;
  readonly isJson: boolean;

  constructor(environment: Readonly<Record<string, string | undefined>>, isJsonAskedFor: boolean) {
    this.style = styleFor(isatty(STDOUT), environment);
    this.errorStyle = styleFor(isatty(STDERR), environment);
    this.isJson = isJsonAskedFor || !isatty(STDOUT);
  }

  /** Columns of the terminal that answers go to. */
  get width(): number {
    return process.stdout instanceof WriteStream && process.stdout.columns > 0
      ? process.stdout.columns
      : WIDTH_WITHOUT_TERMINAL;
  }

  /** One line of the answer. */
  line(words: string): void {
    print(`${words}\n`);
  }

  /** One line beside the answer, on standard error. */
  note(words: string): void {
    printError(`${words}\n`);
  }

  /** A list: a table for people, the values themselves for programs. */
  list<T>(rows: readonly T[], columns: readonly Column<T>[], whenEmpty: string): void {
    if (this.isJson) this.json(rows);
    else if (rows.length === 0) this.line(whenEmpty);
    else for (const line of table(rows, columns, this.width, this.style)) this.line(line);
  }

  /** One value: sentences for people, the value itself for programs. */
  value(value: unknown, sentences: () => readonly string[]): void {
    if (this.isJson) this.json(value);
    else for (const sentence of sentences()) this.line(sentence);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, 2));
  }
}

/** Writes to standard output. */
export function print(words: string): void {
  // `onecli requests tail | head` closes the pipe: that is how such a command ends.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', endQuietly);
  process.stdout.write(words);
}

/** Writes to standard error; on Linux and macOS all of it is out when this returns. */
export function printError(words: string): void {
  process.stderr.write(words);
}

function endQuietly(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
}
