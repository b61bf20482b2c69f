import type { PolicyEvaluationView } from '../../../../libs/contracts/policy.js';
import { findAgent } from '../../api/find.js';
import { defineCommand } from '../../command.js';
import { text } from '../../options.js';
import { decisionStyle } from '../../output/request-columns.js';

export const evaluateRules = defineCommand({
  name: 'rules evaluate',
  summary: 'Say what the gateway would do with a request, without sending it',
  operands: { url: 'An absolute http or https address' },
  options: {
    agent: text('identifier', 'As this agent (default: the default agent)'),
    method: text('method', 'Method of the request (default: GET)'),
  },
  examples: [
    [
      'onecli rules evaluate --method DELETE https://api.github.com/repos/a/b',
      'May the default agent delete a repository?',
    ],
  ],
  run: async ({ session: { controlPlane, terminal }, operands: { url }, options }) => {
    const agent =
      options.agent === undefined
        ? await controlPlane.get<{ readonly id: string }>('/v1/agents/default')
        : await findAgent(controlPlane, options.agent);
    const method = (options.method ?? 'GET').toUpperCase();
    const answer = await controlPlane.post<PolicyEvaluationView>('/v1/policy/evaluate', {
      agentId: agent.id,
      method,
      url,
    });
    terminal.value(answer, () => [
      `${decisionStyle(answer.decision, terminal.style)(answer.decision)}  ${answer.why}`,
      ...answer.rules.map((rule) => `  ${rule.matched ? '●' : '○'} rule ${rule.name} (${rule.action}): ${rule.why}`),
      ...answer.secrets.map((secret) => `  ${secret.injected ? '●' : '○'} secret ${secret.name}: ${secret.why}`),
    ]);
  },
});
