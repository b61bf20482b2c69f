import type { AccessTokenView } from '../../../../libs/contracts/agents.js';
import { findAgent } from '../../api/find.js';
import { defineCommand } from '../../command.js';
import { whole } from '../../options.js';

const DAY_SECONDS = 86_400;

export const regenerateToken = defineCommand({
  name: 'agents regenerate-token',
  summary: "Replace an agent's access token and print the new one, this once",
  operands: { agent: 'Identifier or id' },
  options: { grace: whole('seconds', 'Keep the old token working that long (default: not at all)', DAY_SECONDS) },
  run: async ({ session: { controlPlane, terminal }, operands, options }) => {
    const agent = await findAgent(controlPlane, operands.agent);
    const path = `/v1/agents/${encodeURIComponent(agent.id)}/regenerate-token`;
    const body = options.grace === undefined ? {} : { graceSeconds: options.grace };
    const answer = await controlPlane.post<AccessTokenView>(path, body);
    const old =
      options.grace === undefined ? 'The old one no longer works.' : `The old one works for ${options.grace} s more.`;
    terminal.value(answer, () => [
      `${terminal.style.green('✓')} Agent ${agent.identifier} has a new access token. ${old}`,
      `  Access token (shown this once): ${terminal.style.cyan(answer.accessToken)}`,
    ]);
  },
});
