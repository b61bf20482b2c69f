/** One line of the table. */
export interface Figure {
  /** What was measured. */
  readonly figure: string;
  /** What came out, with units. */
  readonly measured: string;
  /** What it is held against: the floor, going direct, or nothing. */
  readonly against: string;
  /** What the design asks for. */
  readonly target: string;
  /** Undefined where nothing is asked for. */
  readonly met: boolean | undefined;
}

export function us(value: number): string {
  return `${value.toFixed(0)} µs`;
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

export function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}

export function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
