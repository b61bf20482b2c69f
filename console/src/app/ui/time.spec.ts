import { fullTime, listTime, relativeTime, timeLeft } from './time';

const NOW = new Date(2026, 10, 24, 14, 2, 30).getTime();
const before = (milliseconds: number) => new Date(NOW - milliseconds).toISOString();

describe('relative time', () => {
  it.each([
    [0, 'now'],
    [-30_000, 'now'],
    [4_999, 'now'],
    [40_000, '40 s ago'],
    [61_000, '1 min ago'],
    [3 * 3_600_000 + 1, '3 h ago'],
    [86_400_000, '1 day ago'],
    [9 * 86_400_000, '9 days ago'],
  ])('%i ms ago reads %s', (age, words) => {
    expect(relativeTime(before(age), NOW)).toBe(words);
  });

  it('says nothing about a time that is none', () => {
    expect(relativeTime('soon', NOW)).toBe('');
  });
});

describe('time left', () => {
  it.each([
    [9.5 * 365.25 * 86_400_000, '9 years left'],
    [12 * 86_400_000, '12 days left'],
    [90 * 60_000, '1 hour left'],
    [5 * 3_600_000, '5 hours left'],
    [-1, 'expired'],
  ])('%i ms ahead reads %s', (ahead, words) => {
    expect(timeLeft(before(-ahead), NOW)).toBe(words);
  });
});

describe('time in a list', () => {
  it('is the time of day within today and names other days', () => {
    expect(listTime(new Date(2026, 10, 24, 9, 5, 7).toISOString(), NOW)).toBe('09:05:07');
    expect(listTime(new Date(2026, 10, 23, 9, 5, 7).toISOString(), NOW)).toBe('23 Nov 09:05');
  });

  it('is exact to the millisecond in full', () => {
    expect(fullTime(new Date(2026, 10, 24, 9, 5, 7, 42).toISOString(), NOW)).toBe('today 09:05:07.042');
    expect(fullTime(new Date(2026, 10, 23, 9, 5, 7, 42).toISOString(), NOW)).toBe('23 Nov 09:05:07.042');
  });
});
