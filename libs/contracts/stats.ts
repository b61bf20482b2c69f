import type { RequestDecision } from './requests.js';

/** `GET /v1/requests/stats?from&to&bucket`: counts by time bucket and decision, oldest first. */
export interface RequestStatsView {
  readonly bucketSeconds: number;
  readonly buckets: readonly {
    readonly time: string;
    readonly counts: Readonly<Partial<Record<RequestDecision, number>>>;
  }[];
  readonly total: number;
}
