/** Turns words into ANSI sequences, or leaves them alone. */
export interface Style {
  readonly bold: (words: string) => string;
  readonly dim: (words: string) => string;
  readonly red: (words: string) => string;
  readonly green: (words: string) => string;
  readonly yellow: (words: string) => string;
  readonly cyan: (words: string) => string;
}

const wrap = (open: number, close: number) => (words: string) => `\u001b[${open}m${words}\u001b[${close}m`;

export const ANSI: Style = {
  bold: wrap(1, 22),
  dim: wrap(2, 22),
  red: wrap(31, 39),
  green: wrap(32, 39),
  yellow: wrap(33, 39),
  cyan: wrap(36, 39),
};

const asIs = (words: string): string => words;
export const PLAIN: Style = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs, cyan: asIs };

/** NO_COLOR: https://no-color.org (any value that is not empty). */
export function styleFor(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Style {
  const isUnwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return isTerminal && !isUnwanted ? ANSI : PLAIN;
}
