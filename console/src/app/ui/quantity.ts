const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return GROUPED.format(value);
}

/** Milliseconds without the unit: `0.23`, `4.1`, `2,841`. */
export function milliseconds(value: number): string {
  if (value < 1) return String(Math.round(value * 100) / 100);
  return value < 10 ? String(Math.round(value * 10) / 10) : GROUPED.format(value);
}

/** Bytes in binary steps: `812 B`, `3.4 KiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const shown = unit === 0 || size >= 100 ? GROUPED.format(size) : String(Math.round(size * 10) / 10);
  return `${shown} ${units[unit] ?? ''}`;
}

/** A share in percent with one decimal below ten: `0.6%`, `42%`. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '0%';
  const percent = (part / whole) * 100;
  return percent < 10 ? `${Math.round(percent * 10) / 10}%` : `${Math.round(percent)}%`;
}
