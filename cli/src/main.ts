import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { CommanderError } from 'commander';
import { ControlPlane } from './api/control-plane.js';
import { controlPlaneAddress } from './api/control-plane-address.js';
import { COMMANDS, FOOTER, NOUNS, SUMMARY } from './commands.js';
import { EXIT_CODES, Failure } from './failure.js';
import { Input } from './input/input.js';
import { Terminal } from './output/terminal.js';
import { buildProgram, type SharedOptions } from './program.js';
import type { Session } from './session.js';

function openSession(shared: SharedOptions): Session {
  const terminal = new Terminal(process.env, shared.json === true);
  const apiKey = process.env['ONECLI_API_KEY'];
  const url = controlPlaneAddress(shared.url, process.env['ONECLI_URL']);
  return {
    controlPlane: new ControlPlane(url, apiKey === '' ? undefined : apiKey),
    terminal,
    input: new Input(terminal),
    environment: process.env,
    home: homedir(),
  };
}

/** The one place where an error becomes words and an exit code. */
function fail(error: unknown): number {
  const terminal = new Terminal(process.env, false);
  // Commander has written its sentence already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.error;
  if (error instanceof Failure) {
    terminal.note(`${terminal.errorStyle.red('error:')} ${error.message}`);
    for (const detail of error.details) terminal.note(`  ${detail}`);
    return error.exitCode;
  }
  terminal.note(
    `${terminal.errorStyle.red('error:')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  terminal.note('  This is a fault in onecli itself.');
  return EXIT_CODES.error;
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}

try {
  const text = { version: version(), summary: SUMMARY, nouns: NOUNS, footer: FOOTER };
  await buildProgram(COMMANDS, text, openSession).parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}
