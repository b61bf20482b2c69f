import { findAgent } from '../../api/find.js';
import { defineCommand } from '../../command.js';
import { flag } from '../../options.js';

export const deleteAgent = defineCommand({
  name: 'agents delete',
  summary: 'Delete an agent; its access token stops working at once',
  operands: { agent: 'Identifier or id' },
  options: { yes: flag('Do not ask') },
  run: async ({ session: { controlPlane, terminal, input }, operands, options }) => {
    const agent = await findAgent(controlPlane, operands.agent);
    if (options.yes !== true)
      await input.confirm(`Delete agent "${agent.identifier}"? Its token stops working at once.`);
    await controlPlane.delete(`/v1/agents/${encodeURIComponent(agent.id)}`);
    terminal.value({ deleted: agent.id }, () => [`${terminal.style.green('✓')} Agent ${agent.identifier} is gone.`]);
  },
});
