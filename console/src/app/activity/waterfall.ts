import type { RequestLogEntryView, RequestTimings } from '../../../../libs/contracts/requests';

/** One bar: from `start`, `length` long, milliseconds; shares in percent of the whole for drawing. */
export interface Stage {
  readonly name: string;
  readonly length: number;
  readonly left: number;
  readonly width: number;
}

const STAGES: readonly { readonly key: keyof RequestTimings; readonly name: string }[] = [
  { key: 'auth', name: 'Authenticate' },
  { key: 'decide', name: 'Decide' },
  { key: 'connect', name: 'Connect' },
  { key: 'firstByte', name: 'First byte' },
];

/** The timings are marks from the start of the exchange; a stage lasts from the mark before it to its own. The rest is the answer. */
export function waterfall({
  timings,
  durationMs,
}: Pick<RequestLogEntryView, 'timings' | 'durationMs'>): readonly Stage[] {
  const stages: { name: string; start: number; end: number }[] = [];
  let at = 0;
  for (const { key, name } of STAGES) {
    const mark = timings[key];
    if (mark === null) continue;
    const end = Math.max(at, mark);
    stages.push({ name, start: at, end });
    at = end;
  }
  stages.push({ name: 'Answer', start: at, end: Math.max(at, durationMs) });
  const whole = Math.max(durationMs, at, Number.MIN_VALUE);
  return stages.map(({ name, start, end }) => ({
    name,
    length: end - start,
    left: (start / whole) * 100,
    width: ((end - start) / whole) * 100,
  }));
}
