import { entryAt } from './entry.fixture';
import { merge, resumeBefore } from './request-rows';

const paths = (rows: readonly { readonly path: string | null }[]) => rows.map((row) => row.path);

describe('merging rows', () => {
  it('puts newer ones above, newest first, whatever order they came in', () => {
    const rows = merge([entryAt(2), entryAt(1)], [entryAt(3), entryAt(5), entryAt(4)]);
    expect(paths(rows)).toEqual(['/5', '/4', '/3', '/2', '/1']);
  });

  it('puts a late one where it belongs by time', () => {
    expect(paths(merge([entryAt(5), entryAt(1)], [entryAt(3)]))).toEqual(['/5', '/3', '/1']);
  });

  it('shows an entry that comes twice once', () => {
    const rows = [entryAt(2), entryAt(1)];
    expect(merge(rows, [entryAt(2)])).toBe(rows);
    expect(paths(merge([], [entryAt(1), entryAt(1)]))).toEqual(['/1']);
  });

  it('appends an older page, which may overlap', () => {
    expect(paths(merge([entryAt(3), entryAt(2)], [entryAt(2), entryAt(1)]))).toEqual(['/3', '/2', '/1']);
  });
});

describe('resuming below a cut list', () => {
  it('asks for everything up to the last row’s millisecond, that one included', () => {
    expect(resumeBefore([entryAt(9), entryAt(5)])).toBe('2026-11-24T12:00:05.001Z');
    expect(resumeBefore([])).toBeUndefined();
  });
});
