import type { OptionSpec, OptionSpecs, OptionValues } from './options.js';
import type { Session } from './session.js';

/** What a command's `run` gets: the parsed command line and the means to act on it. */
export interface Call<O extends OptionSpecs, N extends string> {
  readonly session: Session;
  readonly options: OptionValues<O>;
  readonly operands: Readonly<Record<N, string>>;
  /** What follows the operands, for a command that takes `rest`. */
  readonly rest: readonly string[];
}

interface CommandText {
  /** Noun and verb as typed: `agents create`. */
  readonly name: string;
  readonly summary: string;
  /** Lines below the options in the help. */
  readonly notes?: readonly string[];
  /** Command lines below the notes in the help, each with a few words on what it does. */
  readonly examples?: readonly (readonly [commandLine: string, meaning: string])[];
  /** Name and summary of arguments of any number; everything from the first on is left unread. */
  readonly rest?: readonly [name: string, summary: string];
}

interface CommandShape<O extends OptionSpecs, N extends string> extends CommandText {
  /** Arguments in order, each with its summary. */
  readonly operands?: Readonly<Record<N, string>>;
  readonly options: O;
  readonly run: (call: Call<O, N>) => Promise<void>;
}

/** A command as the program mounts it, its option types forgotten. */
export interface Command extends CommandText {
  readonly operands: readonly (readonly [name: string, summary: string])[];
  readonly options: readonly (readonly [name: string, spec: OptionSpec<unknown>])[];
  readonly run: (
    session: Session,
    options: Readonly<Record<string, unknown>>,
    operands: readonly string[],
    rest: readonly string[],
  ) => Promise<void>;
}

export function defineCommand<const O extends OptionSpecs, N extends string = never>(
  shape: CommandShape<O, N>,
): Command {
  const operands = Object.entries<string>(shape.operands ?? {});
  return {
    ...shape,
    operands,
    options: Object.entries(shape.options),
    run: (session, options, values, rest) =>
      shape.run({
        session,
        // The program parses by these very specifications, so the values have their types.
        options: options as OptionValues<O>,
        operands: Object.fromEntries(operands.map(([name], index) => [name, values[index] ?? ''])) as Record<N, string>,
        rest,
      }),
  };
}
