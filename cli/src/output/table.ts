import { PLAIN, type Style } from './style.js';
import { displayWidth, fit, visible } from './visible-text.js';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  readonly paint?: (cell: string, row: T, style: Style) => string;
  readonly alignRight?: boolean;
  /** Left out, the last such column first, where the terminal is too narrow. */
  readonly isOptional?: boolean;
  /** Never shortened: half an id is none. */
  readonly isWhole?: boolean;
}

const GAP = '  ';
/** Narrower than this a cell says nothing; a title is never cut. */
const LEAST_WIDTH = 10;

/** Aligned lines, title first, each at most `width` columns wide as long as that leaves every cell readable. */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  width: number,
  style: Style = PLAIN,
): string[] {
  const cells = rows.map((row) => columns.map((column) => visible(column.cell(row))));
  const natural = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...cells.map((line) => displayWidth(line[index] ?? ''))),
  );
  const shown = shownColumns(columns, natural, width);
  const widths = narrow(natural, columns, shown, width);
  const line = (parts: readonly string[], paint: (padded: string, index: number) => string): string =>
    shown
      .map((index, position) => {
        const isLast = position === shown.length - 1;
        return paint(pad(parts[index] ?? '', widths[index] ?? 0, columns[index]?.alignRight === true, isLast), index);
      })
      .join(GAP);
  const title = line(
    columns.map((column) => column.title),
    (padded) => style.dim(padded),
  );
  const body = rows.map((row, at) =>
    line(cells[at] ?? [], (padded, index) => columns[index]?.paint?.(padded, row, style) ?? padded),
  );
  return [title, ...body];
}

function least<T>(column: Column<T> | undefined, natural: number): number {
  if (column?.isWhole === true) return natural;
  return Math.min(natural, Math.max(LEAST_WIDTH, displayWidth(column?.title ?? '')));
}

function total(shown: readonly number[], widthOf: (index: number) => number): number {
  return shown.reduce((sum, index) => sum + widthOf(index), 0) + GAP.length * Math.max(0, shown.length - 1);
}

function shownColumns<T>(columns: readonly Column<T>[], natural: readonly number[], width: number): number[] {
  const shown = columns.map((_, index) => index);
  // What must be whole costs the others nothing: it comes only where everything fits.
  while (total(shown, (index) => natural[index] ?? 0) > width) {
    const last = shown.findLastIndex((index) => columns[index]?.isOptional === true && columns[index].isWhole === true);
    if (last === -1) break;
    shown.splice(last, 1);
  }
  while (total(shown, (index) => least(columns[index], natural[index] ?? 0)) > width) {
    const last = shown.findLastIndex((index) => columns[index]?.isOptional === true);
    if (last === -1) break;
    shown.splice(last, 1);
  }
  return shown;
}

/** Takes from the widest column, one by one, until the line fits or nothing is left to take. */
function narrow<T>(
  natural: readonly number[],
  columns: readonly Column<T>[],
  shown: readonly number[],
  width: number,
): number[] {
  const widths = [...natural];
  const widthOf = (index: number): number => widths[index] ?? 0;
  while (total(shown, widthOf) > width) {
    const spare = shown.filter((index) => widthOf(index) > least(columns[index], natural[index] ?? 0));
    const widest = spare.reduce<number | undefined>(
      (best, index) => (best === undefined || widthOf(index) > widthOf(best) ? index : best),
      undefined,
    );
    if (widest === undefined) break;
    widths[widest] = widthOf(widest) - 1;
  }
  return widths;
}

function pad(cell: string, width: number, alignRight: boolean, isLast: boolean): string {
  const fitted = fit(cell, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(fitted)));
  if (alignRight) return space + fitted;
  return isLast ? fitted : fitted + space;
}
