import { Command as CommanderCommand, InvalidArgumentError, Option } from 'commander';
import type { Command } from './command.js';
import { UsageError } from './failure.js';
import type { OptionSpec } from './options.js';
import { print, printError } from './output/terminal.js';
import type { Session } from './session.js';

const HELP_WIDTH = 80;

/** Options that every command takes, in front of its name or behind it. */
export interface SharedOptions {
  readonly url?: string;
  readonly json?: boolean;
}

export interface ProgramText {
  readonly version: string;
  readonly summary: string;
  /** Summary of each noun, in the order in which the help lists them. */
  readonly nouns: Readonly<Record<string, string>>;
  /** Appended to the help of the program itself. */
  readonly footer: string;
}

/** Mounts the commands: nouns become groups, and options are parsed by their specifications. */
export function buildProgram(
  commands: readonly Command[],
  text: ProgramText,
  openSession: (shared: SharedOptions) => Session,
): CommanderCommand {
  const program = new CommanderCommand('onecli')
    .description(text.summary)
    .usage('<command>')
    .version(text.version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand('help [command]', 'Print the help of a command')
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm })
    .configureOutput({ writeOut: print, writeErr: printError })
    .showHelpAfterError('Try onecli --help.')
    .addHelpText('after', text.footer)
    .exitOverride();
  takeSharedOptions(program);
  const groups = new Map<string, CommanderCommand>();
  for (const command of commands) {
    const [noun = '', verb] = command.name.split(' ');
    let parent = program;
    if (verb !== undefined) {
      parent = groups.get(noun) ?? group(program, noun, text.nouns[noun] ?? '', commands);
      groups.set(noun, parent);
    }
    mount(parent, verb ?? noun, command, program, openSession);
  }
  return program;
}

function group(
  program: CommanderCommand,
  noun: string,
  summary: string,
  commands: readonly Command[],
): CommanderCommand {
  const verbs = commands.flatMap(({ name }) => (name.startsWith(`${noun} `) ? [name.slice(noun.length + 1)] : []));
  return program
    .command(noun)
    .summary(`${summary}: ${verbs.join(', ')}`)
    .description(summary)
    .usage('<command>')
    .helpCommand(false)
    .showHelpAfterError(`Try onecli ${noun} --help.`);
}

/** A command and its arguments; that it takes options goes without saying. */
function subcommandTerm(command: CommanderCommand): string {
  const argumentsOf = command.registeredArguments.map((one) => ` <${one.name()}${one.variadic ? '...' : ''}>`);
  return `${command.name()}${argumentsOf.join('')}`;
}

function mount(
  parent: CommanderCommand,
  word: string,
  command: Command,
  program: CommanderCommand,
  openSession: (shared: SharedOptions) => Session,
): void {
  const mounted = parent.command(word).summary(command.summary).description(command.summary).exitOverride();
  mounted.showHelpAfterError(`Try onecli ${command.name} --help.`).allowExcessArguments(false);
  for (const [name, summary] of command.operands) mounted.argument(`<${name}>`, summary);
  if (command.rest !== undefined) mounted.argument(`<${command.rest[0]}...>`, command.rest[1]).passThroughOptions();
  for (const [name, spec] of command.options) mounted.addOption(asOption(name, spec));
  takeSharedOptions(mounted).addHelpText('after', () => helpEnding(command));
  mounted.action(async (...given: unknown[]) => {
    const options = mounted.opts<Record<string, unknown> & SharedOptions>();
    const values = given.slice(0, command.operands.length).map(String);
    const rest = given[command.operands.length];
    const shared = { ...program.opts<SharedOptions>(), ...pickShared(options) };
    await command.run(openSession(shared), options, values, Array.isArray(rest) ? rest.map(String) : []);
  });
}

function takeSharedOptions(command: CommanderCommand): CommanderCommand {
  return command
    .addOption(new Option('--url <address>', 'Address of the control plane').helpGroup('Everywhere:'))
    .addOption(new Option('--json', 'Print JSON, as it is printed to a pipe anyway').helpGroup('Everywhere:'));
}

function pickShared(options: SharedOptions): SharedOptions {
  return {
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(options.json === undefined ? {} : { json: options.json }),
  };
}

function asOption(name: string, spec: OptionSpec<unknown>): Option {
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const value =
    spec.placeholder === undefined ? '' : spec.bare === true ? ` [${spec.placeholder}]` : ` <${spec.placeholder}>`;
  const option = new Option(`--${spec.negated === true ? 'no-' : ''}${kebab}${value}`, spec.summary);
  if (spec.placeholder !== undefined) option.argParser((typed: string) => parseTyped(spec, typed));
  if (spec.required === true) option.makeOptionMandatory();
  if (spec.hidden === true) option.hideHelp();
  return option;
}

/** Commander prefixes the option's name to what an InvalidArgumentError says. */
function parseTyped(spec: OptionSpec<unknown>, typed: string): unknown {
  try {
    return spec.parse(typed);
  } catch (error) {
    throw error instanceof UsageError ? new InvalidArgumentError(error.message) : error;
  }
}

function helpEnding(command: Command): string {
  const lines: string[] = [];
  if (command.notes !== undefined) lines.push('', ...command.notes.flatMap((note) => wrap(note, HELP_WIDTH)));
  if (command.examples !== undefined) {
    lines.push('', 'Examples:');
    for (const [commandLine, meaning] of command.examples) lines.push(`  # ${meaning}`, `  ${commandLine}`);
  }
  return lines.join('\n');
}

/** Breaks between words. */
function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
