const STEPS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
];

/** How long ago an ISO 8601 time was: `now`, `40 s ago`, `3 min ago`, `5 h ago`, `12 d ago`; `never` for null. */
export function elapsed(time: string | null, now: number): string {
  if (time === null) return 'never';
  const seconds = Math.max(0, Math.floor((now - Date.parse(time)) / 1000));
  for (const [length, unit] of STEPS) if (seconds >= length) return `${Math.floor(seconds / length)} ${unit} ago`;
  return seconds < 5 ? 'now' : `${seconds} s ago`;
}
