import type { RequestLogEntryView } from '../../../../libs/contracts/requests';

export type Rows = readonly RequestLogEntryView[];

/** How many rows the page keeps; about 1 KB each. More are loaded again when they are looked at. */
export const ROWS_MAX = 4_000;

/** Newest first; two of one millisecond by id. */
function newestFirst(a: RequestLogEntryView, b: RequestLogEntryView): number {
  if (a.time !== b.time) return a.time < b.time ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

/** Puts entries where they belong by time; one that is there already is left out. The usual case, all newer, copies once. */
export function merge(rows: Rows, arrived: Rows): Rows {
  const known = new Set(rows.map((row) => row.id));
  const fresh: RequestLogEntryView[] = [];
  for (const entry of arrived) {
    if (known.has(entry.id)) continue;
    known.add(entry.id);
    fresh.push(entry);
  }
  if (fresh.length === 0) return rows;
  fresh.sort(newestFirst);
  const oldestFresh = fresh.at(-1);
  const newestKnown = rows[0];
  const merged = [...fresh, ...rows];
  const inOrder = oldestFresh === undefined || newestKnown === undefined || newestFirst(oldestFresh, newestKnown) < 0;
  return inOrder ? merged : merged.sort(newestFirst);
}

/** Where history goes on below a list whose end was cut: at its last row's millisecond, that one included. */
export function resumeBefore(rows: Rows): string | undefined {
  const last = rows.at(-1);
  return last === undefined ? undefined : new Date(Date.parse(last.time) + 1).toISOString();
}
