import { bucketsOf, sumOf, windowOf } from './request-counts';

const NOW = Date.parse('2026-11-24T12:07:30.000Z');

describe('the overview’s window', () => {
  it('lies on whole buckets and ends with the present one', () => {
    const { from, to, bucketSeconds } = windowOf('1h', NOW);
    expect(new Date(to).toISOString()).toBe('2026-11-24T12:08:00.000Z');
    expect(to - from).toBe(3_600_000);
    expect(bucketSeconds).toBe(60);
    expect(windowOf('1h', NOW + 20_000)).toEqual({ from, to, bucketSeconds });
  });
});

describe('the overview’s counts', () => {
  const window = windowOf('1h', NOW);
  const stats = {
    bucketSeconds: 60,
    total: 14,
    buckets: [
      { time: '2026-11-24T12:05:00.000Z', counts: { allowed: 5, blocked: 2, denied: 1 } },
      { time: '2026-11-24T12:07:00.000Z', counts: { rate_limited: 3, failed: 1, refused: 1, held: 1 } },
    ],
  };

  it('have a bucket for every minute, with or without requests', () => {
    const buckets = bucketsOf(stats, window);
    expect(buckets).toHaveLength(60);
    expect(buckets.at(-1)?.counts).toEqual({ allowed: 0, blocked: 0, limited: 3, held: 1, failed: 2 });
    expect(buckets.at(-2)?.total).toBe(0);
  });

  it('sum up what belongs together', () => {
    expect(sumOf(bucketsOf(stats, window))).toEqual({ allowed: 5, blocked: 3, limited: 3, held: 1, failed: 2 });
  });
});
