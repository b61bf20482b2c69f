import type { AgentView } from '../../../../libs/contracts/agents.js';
import { defineCommand } from '../../command.js';
import { elapsed } from '../../output/elapsed.js';

export const listAgents = defineCommand({
  name: 'agents list',
  summary: 'List the agents',
  options: {},
  run: async ({ session: { controlPlane, terminal } }) => {
    const agents = await controlPlane.get<readonly AgentView[]>('/v1/agents');
    const now = Date.now();
    terminal.list<AgentView>(
      agents,
      [
        { title: 'IDENTIFIER', cell: (agent) => agent.identifier, paint: (cell, _, style) => style.bold(cell) },
        { title: 'NAME', cell: (agent) => agent.name },
        { title: 'SECRETS', cell: (agent) => (agent.secretMode === 'all' ? 'all' : 'assigned') },
        { title: 'LAST SEEN', cell: (agent) => elapsed(agent.lastSeenAt, now) },
        { title: 'DEFAULT', cell: (agent) => (agent.isDefault ? 'yes' : ''), isOptional: true },
        {
          title: 'ID',
          cell: (agent) => agent.id,
          paint: (cell, _, style) => style.dim(cell),
          isOptional: true,
          isWhole: true,
        },
      ],
      'There are no agents yet. Create one: onecli agents create my-agent',
    );
  },
});
