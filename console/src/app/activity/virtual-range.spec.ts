import { virtualRange } from './virtual-range';

describe('the range of drawn rows', () => {
  it.each([
    ['the top', 0, { start: 0, end: 23 }],
    ['the middle', 4200, { start: 92, end: 123 }],
    ['the end', 41_400, { start: 977, end: 1000 }],
    ['past the end, when rows just went', 99_000, { start: 1000, end: 1000 }],
    ['above the top, when the page bounces', -50, { start: 0, end: 23 }],
  ])('at %s holds the window and a little more', (_where, scrollTop, range) => {
    expect(virtualRange(scrollTop, 600, 42, 1000)).toEqual(range);
  });

  it('is empty for an empty list', () => {
    expect(virtualRange(0, 600, 42, 0)).toEqual({ start: 0, end: 0 });
  });
});
