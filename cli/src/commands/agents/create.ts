import type { AgentWithTokenView, CreateAgentBody } from '../../../../libs/contracts/agents.js';
import { defineCommand } from '../../command.js';
import { text } from '../../options.js';

export const createAgent = defineCommand({
  name: 'agents create',
  summary: 'Create an agent and print its access token, this once',
  operands: { identifier: 'Lower-case letters, digits and dashes; commands name the agent by it' },
  options: {
    name: text('name', 'Name for people (default: the identifier)'),
    parent: text('identifier', "Start with this agent's secret mode and secrets"),
    expires: text('time', 'When its access token ends, in ISO 8601'),
  },
  notes: ['onecli run fetches the token by itself: keep it only for clients that you configure by hand.'],
  examples: [['onecli agents create ci --name "Build server"', 'An agent for a build server']],
  run: async ({ session: { controlPlane, terminal }, operands: { identifier }, options }) => {
    const body: CreateAgentBody = {
      identifier,
      name: options.name ?? identifier,
      ...(options.parent === undefined ? {} : { parentIdentifier: options.parent }),
      ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
    };
    const agent = await controlPlane.post<AgentWithTokenView>('/v1/agents', body);
    const { style } = terminal;
    terminal.value(agent, () => [
      `${style.green('✓')} Agent ${style.bold(agent.identifier)} is there.`,
      `  Access token (shown this once): ${style.cyan(agent.accessToken)}`,
      `  Use it: onecli run --agent ${agent.identifier} -- <command>`,
    ]);
  },
});
