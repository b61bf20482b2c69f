import {
  type CreateSecretBody,
  type InjectionConfig,
  SECRET_TYPES,
  type SecretView,
} from '../../../../libs/contracts/secrets.js';
import { defineCommand } from '../../command.js';
import { UsageError } from '../../failure.js';
import { flag, oneOf, refused, text } from '../../options.js';

export const createSecret = defineCommand({
  name: 'secrets create',
  summary: 'Store a credential that the gateway injects into requests',
  operands: { name: 'Name for people; the request log shows it' },
  options: {
    type: oneOf(SECRET_TYPES, 'What it is (default: generic)'),
    host: text('pattern', 'Hosts that may get it: api.example.com or *.example.com'),
    path: text('pattern', 'Paths that may get it: /v1/*'),
    header: text('field', 'Inject as this header field'),
    format: text('text', 'What the field or parameter holds, {value} standing for the value: "Bearer {value}"'),
    query: text('parameter', 'Inject as this query parameter'),
    pathTemplate: text('template', 'Inject into the path: /bot{value}'),
    username: text('name', 'Inject as the password of Basic authentication'),
    allowPlainHttp: flag('Also inject into http:// requests, unencrypted'),
    valueStdin: flag('Read the value from standard input even on a terminal'),
    value: refused('Not possible'),
  },
  notes: [
    'The value is typed at a prompt that does not show it, or piped in; a final line break is dropped. It is never shown again.',
    'anthropic and openai know their host and how to authenticate; generic needs --host and one of --header, --query,',
    '--path-template and --username.',
  ],
  examples: [
    ['onecli secrets create claude --type anthropic', 'An Anthropic key, typed at the prompt'],
    [
      'pass github | onecli secrets create github --host api.github.com --header Authorization --format "Bearer {value}"',
      'A token from a password store',
    ],
    ['onecli secrets create maps --host maps.example.com --query key', 'A key that goes into the query'],
  ],
  run: async ({ session: { controlPlane, terminal, input }, operands: { name }, options }) => {
    if (options.value !== undefined) {
      throw new UsageError(
        'A secret value is not taken from the command line: it would stay in the history and show in the process list.',
        [
          'Leave --value out and type it at the prompt, or pipe it in.',
          'If what you typed is a real value, take it out of the history and replace it.',
        ],
      );
    }
    const type = options.type ?? 'generic';
    const injectionConfig = injection(options);
    if (type === 'generic' && options.host === undefined)
      throw new UsageError('A generic secret needs --host: which hosts may get it?');
    if (type === 'generic' && injectionConfig === undefined) {
      throw new UsageError(
        'A generic secret needs one of --header, --query, --path-template and --username: where does it go?',
      );
    }
    const body: CreateSecretBody = {
      name,
      type,
      value: await input.secretValue(`Value of "${name}" (not shown): `, options.valueStdin === true),
      ...(options.host === undefined ? {} : { hostPattern: options.host }),
      ...(options.path === undefined ? {} : { pathPattern: options.path }),
      ...(injectionConfig === undefined ? {} : { injectionConfig }),
      ...(options.allowPlainHttp === undefined ? {} : { allowPlainHttp: true }),
    };
    const secret = await controlPlane.post<SecretView>('/v1/secrets', body);
    terminal.value(secret, () => [
      `${terminal.style.green('✓')} Secret ${terminal.style.bold(secret.name)} is stored. Requests to ${secret.hostPattern}${secret.pathPattern ?? ''} get it from now on.`,
    ]);
  },
});

interface Places {
  readonly header?: string | undefined;
  readonly query?: string | undefined;
  readonly pathTemplate?: string | undefined;
  readonly username?: string | undefined;
  readonly format?: string | undefined;
}

function injection({ header, query, pathTemplate, username, format }: Places): InjectionConfig | undefined {
  const places: InjectionConfig[] = [];
  if (header !== undefined)
    places.push({ headerName: header, ...(format === undefined ? {} : { valueFormat: format }) });
  if (query !== undefined) places.push({ paramName: query, ...(format === undefined ? {} : { paramFormat: format }) });
  if (pathTemplate !== undefined) places.push({ pathTemplate });
  if (username !== undefined) places.push({ username });
  if (places.length > 1)
    throw new UsageError('Only one of --header, --query, --path-template and --username: a secret goes to one place.');
  if (format !== undefined && header === undefined && query === undefined)
    throw new UsageError('--format goes with --header or --query.');
  return places[0];
}
