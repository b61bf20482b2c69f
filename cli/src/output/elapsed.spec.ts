import { elapsed } from './elapsed.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');

describe('elapsed', () => {
  it.each([
    [null, 'never'],
    ['2026-03-10T12:00:03Z', 'now'],
    ['2026-03-10T11:59:57Z', 'now'],
    ['2026-03-10T11:59:20Z', '40 s ago'],
    ['2026-03-10T11:57:00Z', '3 min ago'],
    ['2026-03-10T07:00:00Z', '5 h ago'],
    ['2026-02-26T12:00:00Z', '12 d ago'],
  ])('%s is %s', (time, expected) => {
    expect(elapsed(time, NOW)).toBe(expected);
  });
});
