import { ANSI } from './style.js';
import { type Column, table } from './table.js';
import { displayWidth } from './visible-text.js';

interface Row {
  readonly name: string;
  readonly count: number;
  readonly id: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', cell: (row) => row.name },
  { title: 'COUNT', cell: (row) => String(row.count), alignRight: true },
  { title: 'ID', cell: (row) => row.id, isOptional: true },
];
const ROWS: readonly Row[] = [
  { name: 'a', count: 1, id: '0198-aaaa-bbbb' },
  { name: 'a very long name indeed', count: 1000, id: '0198' },
];

describe('table', () => {
  it('aligns columns, and leaves no space at the end of a line', () => {
    expect(table(ROWS, COLUMNS, 80)).toEqual([
      'NAME                     COUNT  ID',
      'a                            1  0198-aaaa-bbbb',
      'a very long name indeed   1000  0198',
    ]);
  });

  it('drops what is optional, then shortens the widest, where the terminal is narrow', () => {
    expect(table(ROWS, COLUMNS, 24)).toEqual([
      'NAME               COUNT',
      'a                      1',
      'a very long name…   1000',
    ]);
  });

  it('shows an id whole or not at all', () => {
    const columns = COLUMNS.map((column) => (column.title === 'ID' ? { ...column, isWhole: true } : column));
    expect(table(ROWS, columns, 46)[0]).toBe(`NAME${' '.repeat(21)}COUNT  ID`);
    expect(table(ROWS, columns, 45)[0]).toBe(`NAME${' '.repeat(21)}COUNT`);
  });

  it('keeps cells readable where nothing fits', () => {
    expect(table(ROWS, COLUMNS, 5)).toEqual(['NAME        COUNT', 'a               1', 'a very lo…   1000']);
  });

  it('counts columns, not characters', () => {
    const rows = [
      { name: '日本語', count: 1, id: 'x' },
      { name: 'é', count: 2, id: 'y' },
    ];
    const lines = table(rows, COLUMNS, 80);
    expect(new Set(lines.map((line) => displayWidth(line.slice(0, line.lastIndexOf(' ')))))).toHaveProperty('size', 1);
  });

  it('lets no name drive the terminal', () => {
    const [, line] = table([{ name: '\u001b]0;x\u0007\n\u202e', count: 1, id: '' }], COLUMNS, 80);
    expect(line).toContain(String.raw`\x1b]0;x\x07\x0a\u202e`);
  });

  it('paints without moving anything', () => {
    const painted = COLUMNS.map((column) => ({ ...column, paint: (cell: string) => ANSI.red(cell) }));
    // eslint-disable-next-line no-control-regex
    const bare = table(ROWS, painted, 80, ANSI).map((line) => line.replace(/\u001b\[\d+m/g, '').trimEnd());
    expect(bare).toEqual(table(ROWS, COLUMNS, 80));
  });
});
