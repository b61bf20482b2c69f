import { findSecret } from '../../api/find.js';
import { defineCommand } from '../../command.js';
import { flag } from '../../options.js';

export const deleteSecret = defineCommand({
  name: 'secrets delete',
  summary: 'Delete a secret; no request gets it any more',
  operands: { secret: 'Name or id' },
  options: { yes: flag('Do not ask') },
  run: async ({ session: { controlPlane, terminal, input }, operands, options }) => {
    const secret = await findSecret(controlPlane, operands.secret);
    if (options.yes !== true) await input.confirm(`Delete secret "${secret.name}"? Its value cannot be brought back.`);
    await controlPlane.delete(`/v1/secrets/${encodeURIComponent(secret.id)}`);
    terminal.value({ deleted: secret.id }, () => [`${terminal.style.green('✓')} Secret ${secret.name} is gone.`]);
  },
});
