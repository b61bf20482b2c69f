import type { RequestDecision } from '../../../../libs/contracts/requests';
import type { RequestStatsView } from '../../../../libs/contracts/stats';

/** What the overview looks back on: how long a bucket is in seconds, and how many there are. */
export const RANGES = {
  '1h': { label: 'Last hour', bucketSeconds: 60, buckets: 60 },
  '24h': { label: 'Last 24 hours', bucketSeconds: 900, buckets: 96 },
  '7d': { label: 'Last 7 days', bucketSeconds: 7200, buckets: 84 },
} as const;
export type Range = keyof typeof RANGES;

/** Times in epoch milliseconds; `to` is exclusive. */
export interface StatsWindow {
  readonly from: number;
  readonly to: number;
  readonly bucketSeconds: number;
}

/** The range that ends with the bucket of the present, on whole buckets, so that bars don't change their meaning as time goes on. */
export function windowOf(range: Range, now: number): StatsWindow {
  const { bucketSeconds, buckets } = RANGES[range];
  const length = bucketSeconds * 1000;
  const to = Math.floor(now / length) * length + length;
  return { from: to - buckets * length, to, bucketSeconds };
}

/** Decisions as the overview sums them up, in drawing order from the bottom. */
export const GROUPS = [
  { key: 'allowed', name: 'Allowed', of: ['allowed'] },
  { key: 'blocked', name: 'Blocked', of: ['blocked', 'denied'] },
  { key: 'limited', name: 'Limited', of: ['rate_limited'] },
  { key: 'held', name: 'Held', of: ['held'] },
  { key: 'failed', name: 'Failed', of: ['failed', 'refused'] },
] as const satisfies readonly { key: string; name: string; of: readonly RequestDecision[] }[];
export type GroupKey = (typeof GROUPS)[number]['key'];
export type GroupCounts = Readonly<Record<GroupKey, number>>;

export interface Bucket {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly counts: GroupCounts;
  readonly total: number;
}

function grouped(counts: RequestStatsView['buckets'][number]['counts']): GroupCounts {
  const sum = (decisions: readonly RequestDecision[]) =>
    decisions.reduce((total, decision) => total + (counts[decision] ?? 0), 0);
  const entries = GROUPS.map(({ key, of }) => [key, sum(of)] as const);
  return Object.fromEntries(entries) as GroupCounts;
}

function totalOf(counts: GroupCounts): number {
  return GROUPS.reduce((total, { key }) => total + counts[key], 0);
}

/** Every bucket of the window, those without a request included. */
export function bucketsOf(stats: RequestStatsView, window: StatsWindow): readonly Bucket[] {
  const length = window.bucketSeconds * 1000;
  const known = new Map(stats.buckets.map((bucket) => [Math.floor(Date.parse(bucket.time) / length), bucket.counts]));
  const buckets: Bucket[] = [];
  for (let time = window.from; time < window.to; time += length) {
    const counts = grouped(known.get(time / length) ?? {});
    buckets.push({ time, counts, total: totalOf(counts) });
  }
  return buckets;
}

export function sumOf(buckets: readonly Bucket[]): GroupCounts {
  const entries = GROUPS.map(({ key }) => [key, buckets.reduce((sum, bucket) => sum + bucket.counts[key], 0)] as const);
  return Object.fromEntries(entries) as GroupCounts;
}
