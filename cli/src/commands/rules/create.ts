import {
  type CreateRuleBody,
  RATE_LIMIT_WINDOWS,
  RULE_ACTIONS,
  type RuleView,
} from '../../../../libs/contracts/rules.js';
import { findAgent } from '../../api/find.js';
import { defineCommand } from '../../command.js';
import { UsageError } from '../../failure.js';
import { flag, oneOf, requiredOneOf, requiredText, text, whole } from '../../options.js';

export const createRule = defineCommand({
  name: 'rules create',
  summary: 'Block, limit or allow requests',
  operands: { name: 'Name for people; agents read it when they are refused' },
  options: {
    action: requiredOneOf(RULE_ACTIONS, 'What happens to a request that matches'),
    host: requiredText('pattern', 'api.example.com, *.example.com, api.example.com:8443 or *'),
    path: text('pattern', 'Paths, query ignored: /v1/* (default: any)'),
    method: text('methods', 'One method or several: POST or POST,PUT,DELETE (default: any)'),
    agent: text('identifier', 'Only this agent (default: all)'),
    limit: whole('count', 'With rate_limit: so many requests', 1_000_000_000),
    per: oneOf(RATE_LIMIT_WINDOWS, 'With rate_limit: in this time, for each agent'),
    disabled: flag('Store it without effect'),
  },
  notes: ['All enabled rules that match count, in no order: block wins over rate_limit, rate_limit over allow.'],
  examples: [
    [
      'onecli rules create "No deletes" --action block --host api.github.com --method DELETE',
      'Nothing is deleted at GitHub',
    ],
    [
      'onecli rules create "Slow down" --action rate_limit --host "*.openai.com" --limit 100 --per hour',
      'A hundred calls an hour, each agent',
    ],
  ],
  run: async ({ session: { controlPlane, terminal }, operands: { name }, options }) => {
    const isLimit = options.action === 'rate_limit';
    if (isLimit !== (options.limit !== undefined) || isLimit !== (options.per !== undefined)) {
      throw new UsageError('--limit and --per go with --action rate_limit, both of them and only there.');
    }
    const body: CreateRuleBody = {
      name,
      action: options.action,
      hostPattern: options.host,
      ...(options.path === undefined ? {} : { pathPattern: options.path }),
      ...(options.method === undefined ? {} : { method: options.method.toUpperCase() }),
      ...(options.agent === undefined ? {} : { agentId: (await findAgent(controlPlane, options.agent)).id }),
      ...(options.limit === undefined ? {} : { rateLimit: options.limit }),
      ...(options.per === undefined ? {} : { rateLimitWindow: options.per }),
      enabled: options.disabled !== true,
    };
    const rule = await controlPlane.post<RuleView>('/v1/rules', body);
    const effect = rule.enabled ? 'It counts from the next request on.' : 'It is disabled.';
    terminal.value(rule, () => [
      `${terminal.style.green('✓')} Rule ${terminal.style.bold(rule.name)} is stored. ${effect}`,
    ]);
  },
});
