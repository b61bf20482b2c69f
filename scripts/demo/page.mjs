const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
const paint = (open, close) => (words) => (isColoured ? `\u001b[${open}m${words}\u001b[${close}m` : words);

export const bold = paint(1, 22);
export const dim = paint(2, 22);
export const red = paint(31, 39);
export const green = paint(32, 39);
export const yellow = paint(33, 39);
export const cyan = paint(36, 39);

/** What the demo prints, and whether all of it came as it should. */
export class Page {
  failures = 0;
  chapter = 0;

  line(words = '') {
    console.log(words);
  }

  heading(words) {
    this.chapter += 1;
    this.line(`\n${bold(`${this.chapter}. ${words}`)}`);
  }

  command(words) {
    this.line(`   ${dim('$')} ${cyan(words)}`);
  }

  fact(label, words) {
    this.line(`     ${dim(label.padEnd(10))} ${words}`);
  }

  /** A sentence that holds, or the reason why the demo fails. */
  expect(isTrue, sentence, otherwise) {
    if (isTrue) this.line(`     ${green('✓')} ${sentence}`);
    else {
      this.failures += 1;
      this.line(`     ${red('✗')} ${sentence}: ${red(otherwise)}`);
    }
  }
}
