import type { AgentView } from '../../../../libs/contracts/agents.js';
import type { RuleView } from '../../../../libs/contracts/rules.js';
import { defineCommand } from '../../command.js';
import type { Style } from '../../output/style.js';

export const listRules = defineCommand({
  name: 'rules list',
  summary: 'List the rules',
  options: {},
  run: async ({ session: { controlPlane, terminal } }) => {
    const [rules, agents] = await Promise.all([
      controlPlane.get<readonly RuleView[]>('/v1/rules'),
      controlPlane.get<readonly AgentView[]>('/v1/agents'),
    ]);
    const identifiers = new Map(agents.map((agent) => [agent.id, agent.identifier]));
    terminal.list<RuleView>(
      rules,
      [
        { title: 'NAME', cell: (rule) => rule.name, paint: (cell, _, style) => style.bold(cell) },
        { title: 'ACTION', cell: action, paint: paintAction },
        { title: 'METHOD', cell: (rule) => rule.method ?? 'any' },
        { title: 'HOST', cell: (rule) => rule.hostPattern },
        { title: 'PATH', cell: (rule) => rule.pathPattern ?? 'any' },
        {
          title: 'AGENT',
          cell: (rule) => (rule.agentId === null ? 'all' : (identifiers.get(rule.agentId) ?? rule.agentId)),
        },
        { title: 'ENABLED', cell: (rule) => (rule.enabled ? 'yes' : 'no'), isOptional: true },
        {
          title: 'ID',
          cell: (rule) => rule.id,
          paint: (cell, _, style) => style.dim(cell),
          isOptional: true,
          isWhole: true,
        },
      ],
      'There are no rules yet. Make one: onecli rules create --help',
    );
  },
});

function action(rule: RuleView): string {
  return rule.action === 'rate_limit' ? `${rule.rateLimit ?? '?'} per ${rule.rateLimitWindow ?? '?'}` : rule.action;
}

function paintAction(cell: string, rule: RuleView, style: Style): string {
  if (!rule.enabled) return style.dim(cell);
  switch (rule.action) {
    case 'block':
      return style.red(cell);
    case 'rate_limit':
      return style.yellow(cell);
    case 'allow':
      return style.green(cell);
  }
}
