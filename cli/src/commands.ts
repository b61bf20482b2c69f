import type { Command } from './command.js';
import { createAgent } from './commands/agents/create.js';
import { deleteAgent } from './commands/agents/delete.js';
import { listAgents } from './commands/agents/list.js';
import { regenerateToken } from './commands/agents/regenerate-token.js';
import { listRequests } from './commands/requests/list.js';
import { tailRequests } from './commands/requests/tail.js';
import { createRule } from './commands/rules/create.js';
import { deleteRule } from './commands/rules/delete.js';
import { evaluateRules } from './commands/rules/evaluate.js';
import { listRules } from './commands/rules/list.js';
import { run } from './commands/run.js';
import { createSecret } from './commands/secrets/create.js';
import { deleteSecret } from './commands/secrets/delete.js';
import { listSecrets } from './commands/secrets/list.js';
import { status } from './commands/status.js';

export const SUMMARY = 'Let agents use real APIs without holding real credentials.';

export const NOUNS = {
  agents: 'Who may use the gateway',
  secrets: 'Credentials that the gateway injects',
  rules: 'What agents may do',
  requests: 'What agents did',
};

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  run,
  status,
  listAgents,
  createAgent,
  regenerateToken,
  deleteAgent,
  listSecrets,
  createSecret,
  deleteSecret,
  listRules,
  createRule,
  evaluateRules,
  deleteRule,
  listRequests,
  tailRequests,
];

export const FOOTER = `
Environment:
  ONECLI_URL      Address of the control plane (default: http://localhost:10254)
  ONECLI_API_KEY  API key, where the control plane asks for one
  NO_COLOR        Any value turns colours off

Exit codes: 0 done, 1 error, 2 not allowed, 3 not found, 4 conflict. run ends as its command does.

Examples:
  # Run an agent behind the gateway
  onecli run -- claude
  # Give agents an Anthropic key, typed at the prompt
  onecli secrets create claude --type anthropic
  # Watch what they do
  onecli requests tail`;
