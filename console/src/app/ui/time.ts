const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const SHORT_CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const EXACT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
  hourCycle: 'h23',
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY_LENGTH = 24 * HOUR;
const YEAR = 365.25 * DAY_LENGTH;

/** `now`, `40 s ago`, `5 min ago`, `3 h ago`, `2 days ago`; a time that is not past yet (clocks differ) is `now`. */
export function relativeTime(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  if (Number.isNaN(age)) return '';
  if (age < 5_000) return 'now';
  if (age < MINUTE) return `${Math.floor(age / 1000)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY_LENGTH) return `${Math.floor(age / HOUR)} h ago`;
  const days = Math.floor(age / DAY_LENGTH);
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

/** How long something is still good: `9 years left`, `12 days left`, `expired`. */
export function timeLeft(iso: string, now: number): string {
  const left = Date.parse(iso) - now;
  if (left <= 0) return 'expired';
  if (left >= 2 * YEAR) return `${Math.floor(left / YEAR)} years left`;
  if (left >= 2 * DAY_LENGTH) return `${Math.floor(left / DAY_LENGTH)} days left`;
  const hours = Math.max(1, Math.floor(left / HOUR));
  return hours === 1 ? '1 hour left' : `${hours} hours left`;
}

/** The time of day within today, else day and time: what a dense list has room for. */
export function listTime(iso: string, now: number): string {
  const time = new Date(iso);
  if (sameDay(time, new Date(now))) return CLOCK.format(time);
  return `${DAY.format(time)} ${SHORT_CLOCK.format(time)}`;
}

/** `today 14:02:11.482`, `23 Nov 14:02:11.482`: one exchange in full. */
export function fullTime(iso: string, now: number): string {
  const time = new Date(iso);
  const day = sameDay(time, new Date(now)) ? 'today' : DAY.format(time);
  return `${day} ${CLOCK.format(time)}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

/** For hovering: date, time and zone. */
export function exactTime(iso: string): string {
  return EXACT.format(new Date(iso));
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}
