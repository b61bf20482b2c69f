/** How servers that forgive differ from each other. Each combination is one that some server has shipped with. */
interface Leniency {
  readonly name: string;
  /** A bare LF ends a line. */
  readonly bareLf?: boolean;
  /** White space before the colon is dropped; an underscore is a hyphen. */
  readonly looseNames?: boolean;
  /** A line that begins with white space goes on with the one before. */
  readonly folds?: boolean;
  readonly framing: 'length first' | 'last length first' | 'coding first';
}

const LENIENCIES: readonly Leniency[] = [
  { name: 'the length wins', framing: 'length first' },
  { name: 'the last length wins', framing: 'last length first', looseNames: true },
  { name: 'the coding wins', framing: 'coding first' },
  { name: 'bare LF ends a line', framing: 'coding first', bareLf: true },
  { name: 'bare LF ends a line, the length wins', framing: 'length first', bareLf: true, looseNames: true },
  { name: 'loose names and folding', framing: 'coding first', looseNames: true, folds: true },
  { name: 'everything', framing: 'coding first', bareLf: true, looseNames: true, folds: true },
];

/** The request lines (method and target) that each of several forgiving servers would find in the same bytes. */
export function lenientReadings(text: string): readonly { readonly name: string; readonly heads: readonly string[] }[] {
  return LENIENCIES.map((leniency) => ({ name: leniency.name, heads: readHeads(text, leniency) }));
}

function readHeads(text: string, leniency: Leniency): string[] {
  const heads: string[] = [];
  let at = 0;
  // Each round consumes something; a stream of a test has no more requests than this.
  for (let round = 0; round < 200 && at < text.length; round += 1) {
    while (text[at] === '\r' || text[at] === '\n') at += 1;
    const end = endOfHead(text, at, leniency);
    if (end === undefined) break;
    const lines = linesOf(text.slice(at, end), leniency);
    heads.push((lines[0] ?? '').split(/[ \t]+/, 2).join(' '));
    at = endOfBody(text, end, fieldsOf(lines.slice(1), leniency), leniency);
  }
  return heads;
}

function endOfHead(text: string, start: number, { bareLf }: Leniency): number | undefined {
  const blank = bareLf === true ? /\r?\n\r?\n/g : /\r\n\r\n/g;
  blank.lastIndex = start;
  return blank.exec(text) === null ? undefined : blank.lastIndex;
}

function linesOf(head: string, { bareLf }: Leniency): string[] {
  return head.split(bareLf === true ? /\r?\n/ : '\r\n').filter((line) => line !== '');
}

function fieldsOf(lines: readonly string[], { looseNames, folds }: Leniency): [string, string][] {
  const fields: [string, string][] = [];
  for (const line of lines) {
    const last = fields.at(-1);
    if (folds === true && /^[ \t]/.test(line) && last !== undefined) {
      last[1] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    fields.push([looseNames === true ? name.trim().replaceAll('_', '-') : name, line.slice(colon + 1).trim()]);
  }
  return fields;
}

function endOfBody(text: string, start: number, fields: readonly (readonly [string, string])[], how: Leniency): number {
  const all = (name: string): string[] => fields.filter(([present]) => present === name).map(([, value]) => value);
  const lengths = all('content-length');
  const length = how.framing === 'last length first' ? lengths.at(-1) : lengths[0];
  const chunked = all('transfer-encoding').some((value) => value.toLowerCase().includes('chunked'));
  if (chunked && (how.framing === 'coding first' || length === undefined)) return endOfChunks(text, start, how);
  const count = Number.parseInt(length ?? '0', 10);
  return start + (Number.isNaN(count) ? 0 : Math.abs(count));
}

function endOfChunks(text: string, start: number, { bareLf }: Leniency): number {
  let at = start;
  while (at < text.length) {
    const end = text.indexOf(bareLf === true ? '\n' : '\r\n', at);
    if (end < 0) return text.length;
    const size = Number.parseInt(text.slice(at, end), 16);
    at = end + (bareLf === true ? 1 : 2);
    if (!(size > 0)) {
      // The trailers end with an empty line.
      const blank = /(?:^|\r?\n)\r?\n/g;
      const trailers = text.slice(at);
      return blank.exec(trailers) === null ? text.length : at + blank.lastIndex;
    }
    at += size;
    while (text[at] === '\r' || text[at] === '\n') at += 1;
  }
  return text.length;
}
