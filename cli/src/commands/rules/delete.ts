import { findRule } from '../../api/find.js';
import { defineCommand } from '../../command.js';
import { flag } from '../../options.js';

export const deleteRule = defineCommand({
  name: 'rules delete',
  summary: 'Delete a rule',
  operands: { rule: 'Name or id' },
  options: { yes: flag('Do not ask') },
  run: async ({ session: { controlPlane, terminal, input }, operands, options }) => {
    const rule = await findRule(controlPlane, operands.rule);
    if (options.yes !== true) await input.confirm(`Delete rule "${rule.name}"?`);
    await controlPlane.delete(`/v1/rules/${encodeURIComponent(rule.id)}`);
    terminal.value({ deleted: rule.id }, () => [`${terminal.style.green('✓')} Rule ${rule.name} is gone.`]);
  },
});
