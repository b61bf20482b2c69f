import { join } from 'node:path';
import type { ContainerConfigView } from '../../../libs/contracts/container-config.js';
import { ApiFailure } from '../api/api-failure.js';
import type { ControlPlane } from '../api/control-plane.js';
import { gatewayAnswers } from '../api/gateway-health.js';
import { defineCommand } from '../command.js';
import { Failure } from '../failure.js';
import { flag, onUnlessNo, text } from '../options.js';
import type { Terminal } from '../output/terminal.js';
import { gatewayAddress } from '../run/gateway-address.js';
import { masked, type RunEnvironment, runEnvironment, tokenIn } from '../run/run-environment.js';
import { planTrust, storeTrust, type TrustPlan } from '../run/trust-files.js';
import { become, locate } from '../run/wrapped-command.js';

export const run = defineCommand({
  name: 'run',
  summary: 'Run a command so that its traffic goes through the gateway',
  options: {
    agent: text('identifier', 'Run as this agent (default: the default agent)'),
    gateway: text('host:port', "Reach the gateway here, not at the control plane's host"),
    ca: onUnlessNo("Leave certificate variables alone: the machine trusts the gateway's root already"),
    dryRun: flag('Print the environment, token masked, and run nothing'),
  },
  rest: ['command', 'The command and its arguments; -- before it keeps its options apart'],
  notes: [
    'The command gets proxy and certificate variables and takes the place of onecli: terminal, signals and exit code are its own.',
    'Credentials that the gateway injects become placeholders in its environment. The access token is never on a command line.',
    'A command that is not found ends with 127, one that cannot be executed with 126.',
  ],
  examples: [
    ['onecli run -- claude', 'An agent, as the default agent'],
    ['onecli run --agent ci -- curl https://api.github.com/user', 'One request, as the agent "ci"'],
    ['onecli run --dry-run -- npm test', 'What would be set, and what taken away'],
  ],
  run: async ({ session, options, rest }) => {
    const { controlPlane, terminal, environment } = session;
    const config = await containerConfig(controlPlane, options.agent);
    const proxyUrl = config.env['HTTPS_PROXY'];
    if (proxyUrl === undefined) throw new Failure('The control plane named no gateway (HTTPS_PROXY is missing).');

    const address = gatewayAddress(proxyUrl, controlPlane.url, options.gateway);
    const directory = join(session.home, '.onecli');
    const trust = options.ca
      ? planTrust({
          directory,
          controlPlane: controlPlane.url,
          gatewayRoots: config.caCertificate,
          inherited: environment,
        })
      : undefined;
    const built = runEnvironment(environment, config, address, trust);

    for (const warning of warnings(config, built, trust)) note(terminal, warning);
    if (options.dryRun === true) {
      show(terminal, built, rest, tokenIn(proxyUrl));
      return;
    }
    const [command = '', ...args] = rest;
    const file = locate(command, environment['PATH']);
    if (!(await gatewayAnswers(address)))
      note(terminal, `The gateway does not answer at ${address}: requests will fail.`);
    if (trust !== undefined) storeTrust(directory, trust.files);
    become(file, command, args, built.variables);
  },
});

async function containerConfig(controlPlane: ControlPlane, agent: string | undefined): Promise<ContainerConfigView> {
  try {
    return await controlPlane.get<ContainerConfigView>('/v1/container-config', { agent });
  } catch (error) {
    if (agent === undefined || !(error instanceof ApiFailure) || error.code !== 'AGENT_NOT_FOUND') throw error;
    throw new Failure(`There is no agent "${agent}".`, 'notFound', [`Create it: onecli agents create ${agent}`]);
  }
}

function warnings(config: ContainerConfigView, built: RunEnvironment, trust: TrustPlan | undefined): string[] {
  return [
    ...(config.warnings ?? []),
    ...built.exposed.map(
      (name) =>
        `The command can read ${name} of this shell. Store it with onecli secrets create and it gets a placeholder.`,
    ),
    ...(trust?.unreadable ?? []).map((path) => `${path} cannot be read: its roots are left out.`),
  ];
}

function note(terminal: Terminal, warning: string): void {
  terminal.note(`${terminal.errorStyle.yellow('onecli:')} ${warning}`);
}

function show(terminal: Terminal, built: RunEnvironment, command: readonly string[], token: string): void {
  const set = Object.fromEntries(built.given.map((name) => [name, masked(built.variables[name] ?? '', token)]));
  if (terminal.isJson) {
    terminal.json({ set, removed: built.removed, command });
    return;
  }
  const { style } = terminal;
  terminal.line(style.dim('# set'));
  for (const [name, value] of Object.entries(set)) terminal.line(`${style.cyan(name)}=${value}`);
  if (built.removed.length > 0) terminal.line(style.dim('# taken away'));
  for (const name of built.removed) terminal.line(name);
  terminal.line(style.dim('# command'));
  terminal.line(command.map(quoted).join(' '));
}

/** As one would type it in a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
