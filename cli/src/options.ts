import { UsageError } from './failure.js';

/** One option of a command; its name on the command line is the key, `dryRun` becoming `--dry-run`. */
export interface OptionSpec<T> {
  readonly summary: string;
  /** What stands for the value in the help; without it the option is a switch. */
  readonly placeholder?: string;
  readonly required?: boolean;
  /** Not in the help. */
  readonly hidden?: boolean;
  /** A switch that is on until `--no-<name>` turns it off. */
  readonly negated?: boolean;
  /** The value may be absent although there is a placeholder. */
  readonly bare?: boolean;
  /** Names the value's type, and turns what was typed into it. */
  readonly parse: (typed: string) => T;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never;
};

const verbatim = (typed: string): string => typed;

export function text(placeholder: string, summary: string): OptionSpec<string | undefined> {
  return { placeholder, summary, parse: verbatim };
}

export function requiredText(placeholder: string, summary: string): OptionSpec<string> {
  return { placeholder, summary, required: true, parse: verbatim };
}

export function flag(summary: string): OptionSpec<boolean | undefined> {
  return { summary, parse: () => true };
}

/** True unless `--no-<name>` is given. */
export function onUnlessNo(summary: string): OptionSpec<boolean> {
  return { summary, negated: true, parse: () => false };
}

/** An option that people try and that must not be used: whatever follows is refused by the command with its reason. */
export function refused(summary: string): OptionSpec<string | true | undefined> {
  return { placeholder: 'x', summary, hidden: true, bare: true, parse: verbatim };
}

export function oneOf<const C extends readonly string[]>(
  choices: C,
  summary: string,
): OptionSpec<C[number] | undefined> {
  return { placeholder: choices.join('|'), summary, parse: (typed) => choice(choices, typed) };
}

export function requiredOneOf<const C extends readonly string[]>(choices: C, summary: string): OptionSpec<C[number]> {
  return { placeholder: choices.join('|'), summary, required: true, parse: (typed) => choice(choices, typed) };
}

function choice<const C extends readonly string[]>(choices: C, typed: string): C[number] {
  const found = choices.find((candidate) => candidate === typed);
  if (found === undefined)
    throw new UsageError(`It takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}.`);
  return found;
}

export function whole(placeholder: string, summary: string, maximum: number): OptionSpec<number | undefined> {
  return {
    placeholder,
    summary,
    parse: (typed) => {
      const value = /^\d{1,15}$/.test(typed) ? Number(typed) : Number.NaN;
      if (!(value >= 1 && value <= maximum)) {
        throw new UsageError(`It takes a whole number from 1 to ${maximum.toLocaleString('en-US')}.`);
      }
      return value;
    },
  };
}
