/** An answer as a strict reading finds it. */
export interface WireAnswer {
  readonly status: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface AnswersReading {
  /** Final answers, without the 1xx before them. */
  readonly answers: readonly WireAnswer[];
  /** Why the bytes are no sequence of well-formed answers. */
  readonly fault: string | undefined;
  /** Whether the last answer is there to its end. */
  readonly complete: boolean;
}

/** What an answer depends on. */
export interface Asked {
  readonly method: string | undefined;
  /** HTTP's, `1.0` or `1.1`. */
  readonly version: string | undefined;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5][0-9][0-9]) [\t\x20-\x7e\x80-\xff]*$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** Reads answers; `asked` says of the n-th what it answers. */
export function readAnswers(text: string, asked: (index: number) => Asked): AnswersReading {
  const answers: WireAnswer[] = [];
  let at = 0;
  const done = (fault: string | undefined, complete = true): AnswersReading => ({ answers, fault, complete });
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) return done('HTTP/1.1 '.startsWith(text.slice(at, at + 9)) ? undefined : 'no status line', false);
    const [first = '', ...lines] = text.slice(at, end).split('\r\n');
    const status = Number(STATUS_LINE.exec(first)?.[1]);
    if (Number.isNaN(status)) return done('status line');
    const fields: [string, string][] = [];
    for (const line of lines) {
      const [, name, value] = FIELD.exec(line) ?? [];
      if (name === undefined || value === undefined) return done('field line');
      fields.push([name.toLowerCase(), value.trim()]);
    }
    at = end + 4;
    if (status < 200) {
      if (asked(answers.length).version === '1.0') return done('an interim answer to HTTP/1.0');
      continue;
    }
    const lengths = fields.filter(([name]) => name === 'content-length');
    if (lengths.length !== 1 || fields.some(([name]) => name === 'transfer-encoding')) return done('framing');
    const stated = Number(lengths[0]?.[1]);
    // Where a HEAD could not be read at all, nobody knows that it was one; the connection closes behind the body.
    const isBodiless = asked(answers.length).method === 'HEAD' && !(status === 400 && text.length - at === stated);
    const length = isBodiless ? 0 : stated;
    const body = text.slice(at, at + length);
    answers.push({ status, fields, body });
    if (body.length < length) return done(undefined, false);
    at += length;
  }
  return done(undefined);
}
