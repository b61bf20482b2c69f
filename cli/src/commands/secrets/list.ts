import { SECRET_TYPE_LABELS, type SecretView } from '../../../../libs/contracts/secrets.js';
import { defineCommand } from '../../command.js';
import { elapsed } from '../../output/elapsed.js';

export const listSecrets = defineCommand({
  name: 'secrets list',
  summary: 'List the secrets; values are never shown',
  options: {},
  run: async ({ session: { controlPlane, terminal } }) => {
    const secrets = await controlPlane.get<readonly SecretView[]>('/v1/secrets');
    const now = Date.now();
    terminal.list<SecretView>(
      secrets,
      [
        { title: 'NAME', cell: (secret) => secret.name, paint: (cell, _, style) => style.bold(cell) },
        { title: 'HOST', cell: (secret) => `${secret.hostPattern}${secret.pathPattern ?? ''}` },
        { title: 'INJECTED AS', cell: place },
        {
          title: 'VALUE',
          cell: (secret) => (secret.preview === null ? '••••' : `••••${secret.preview.replace(/^[^A-Za-z0-9]+/, '')}`),
        },
        { title: 'LAST USED', cell: (secret) => elapsed(secret.lastUsedAt, now) },
        {
          title: 'ID',
          cell: (secret) => secret.id,
          paint: (cell, _, style) => style.dim(cell),
          isOptional: true,
          isWhole: true,
        },
      ],
      'There are no secrets yet. Add one: onecli secrets create --help',
    );
  },
});

/** Where in a request the value goes. */
function place({ type, injectionConfig: config }: SecretView): string {
  if (config === null) return SECRET_TYPE_LABELS[type];
  if ('headerName' in config) return `header ${config.headerName}`;
  if ('paramName' in config) return `query ${config.paramName}`;
  if ('pathTemplate' in config) return `path ${config.pathTemplate}`;
  return `basic ${config.username}`;
}
