import type { CreateRuleBody } from '../../../libs/contracts/rules.js';
import type { CreateSecretBody } from '../../../libs/contracts/secrets.js';

/** A request as it stood on the upstream's wire. */
export interface ArrivedTarget {
  readonly method: string;
  readonly claimedMethods: readonly string[];
  readonly secure: boolean;
  readonly host: string;
  /** Without the query; what a secret was put into is back to what the agent sent. */
  readonly path: string;
}

type PathTest = (path: string) => boolean;

interface ReferenceRule {
  readonly rule: CreateRuleBody;
  readonly host: (host: string) => boolean;
  readonly path: PathTest;
  readonly methods?: readonly string[];
}

const is = (name: string) => (host: string) => host === name;
const anyHost = (): boolean => true;
const below = (folder: string) => (path: string) => path === folder || path.startsWith(`${folder}/`);
const matching = (pattern: RegExp) => (path: string) => pattern.test(path);

function rule(name: string, action: 'block' | 'allow', hostPattern: string, more: Partial<CreateRuleBody> = {}) {
  return { name, action, hostPattern, ...more } satisfies CreateRuleBody;
}

/** Block rules; their path tests are written in lower case, for readings that fold it. */
const BLOCKS: readonly ReferenceRule[] = [
  {
    rule: rule('no admin', 'block', 'api.test', { pathPattern: '/v1/admin/*' }),
    ...{ host: is('api.test'), path: below('/v1/admin') },
  },
  {
    rule: rule('no private', 'block', '*', { pathPattern: '/v1/Private*' }),
    ...{ host: anyHost, path: (path) => path.startsWith('/v1/private') },
  },
  {
    rule: rule('no deleting', 'block', 'api.test', { pathPattern: '/v1/things/*', method: 'DELETE' }),
    ...{ host: is('api.test'), path: below('/v1/things'), methods: ['DELETE'] },
  },
  {
    rule: rule('no erasing', 'block', '*.test', { pathPattern: '/v1/*/erase' }),
    ...{ host: (host) => host.endsWith('.test'), path: matching(/^\/v1\/[^/]+\/erase$/) },
  },
  { rule: rule('nothing there', 'block', 'blocked.test'), ...{ host: is('blocked.test'), path: () => true } },
];

/** Allow rules, for the agent that is denied by default; compared with the exact form only. */
const ALLOWS: readonly ReferenceRule[] = [
  {
    rule: rule('api', 'allow', 'api.test', { pathPattern: '/v1/*' }),
    ...{ host: is('api.test'), path: below('/v1') },
  },
  {
    rule: rule('secret', 'allow', 'secret.test', { pathPattern: '/v1/*' }),
    ...{ host: is('secret.test'), path: below('/v1') },
  },
  {
    rule: rule('one path', 'allow', '127.0.0.1', { pathPattern: '/Exact/Path', method: 'GET,POST' }),
    ...{ host: is('127.0.0.1'), path: (path) => path === '/Exact/Path', methods: ['GET', 'POST'] },
  },
];

export const RULES: readonly CreateRuleBody[] = [...BLOCKS, ...ALLOWS].map((reference) => reference.rule);

/** A secret whose value is looked for in everything that arrives, and the only place where it may be found. */
export interface ReferenceSecret {
  readonly secret: CreateSecretBody;
  readonly mayArrive: (target: ArrivedTarget) => boolean;
}

const onSecretHost = (path: PathTest, needsTls: boolean) => (target: ArrivedTarget) =>
  target.host === 'secret.test' && path(exactReading(target.path)) && (target.secure || !needsTls);

function secret(name: string, value: string, more: Partial<CreateSecretBody>): CreateSecretBody {
  return { name, type: 'generic', value, hostPattern: 'secret.test', ...more };
}

export const SECRETS: readonly ReferenceSecret[] = [
  {
    secret: secret('field', 'canaryFIELDvalue', {
      pathPattern: '/v1/keys/*',
      injectionConfig: { headerName: 'X-Key' },
    }),
    mayArrive: onSecretHost(below('/v1/keys'), true),
  },
  {
    secret: secret('parameter', 'canaryPARAMvalue', {
      pathPattern: '/v1/query',
      injectionConfig: { paramName: 'key' },
    }),
    mayArrive: onSecretHost((path) => path === '/v1/query', true),
  },
  {
    secret: secret('in the path', 'canaryPATHvalue', { injectionConfig: { pathTemplate: '/bot{value}' } }),
    mayArrive: onSecretHost((path) => path.startsWith('/bot'), true),
  },
  {
    secret: secret('in clear', 'canaryCLEARvalue', {
      ...{ pathPattern: '/v1/clear/*', allowPlainHttp: true, injectionConfig: { headerName: 'X-Clear' } },
    }),
    mayArrive: onSecretHost(below('/v1/clear'), false),
  },
];

/** The rule that what arrived should have met, or undefined when it may arrive. */
export function whyNot(target: ArrivedTarget, deniedByDefault: boolean): string | undefined {
  const methods = [target.method, ...target.claimedMethods];
  const readings = lenientPaths(target.path);
  for (const {
    rule: { name },
    host,
    path,
    methods: only,
  } of BLOCKS) {
    const method = only === undefined || methods.some((asked) => only.includes(asked));
    if (method && host(target.host) && readings.some(path)) return name;
  }
  if (!deniedByDefault) return undefined;
  const exact = exactReading(target.path);
  const open = ALLOWS.some(
    ({ host, path, methods: only }) =>
      host(target.host) && path(exact) && (only === undefined || only.includes(target.method)),
  );
  return open ? undefined : 'the default';
}

/** The path with its unreserved characters decoded and its bytes above ASCII encoded, as `allow` rules see it. */
export function exactReading(path: string): string {
  let read = '';
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    const escape = /^%[0-9A-Fa-f]{2}/.exec(path.slice(at, at + 3))?.[0];
    if (escape !== undefined) {
      const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      read += /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase();
      at += 2;
    } else read += code < 0x80 ? path.charAt(at) : `%${code.toString(16).toUpperCase()}`;
  }
  return read;
}

const STEPS: readonly ((path: string) => string)[] = [
  (path) => path.toLowerCase(),
  (path) => path.replace(/\/{2,}/g, '/'),
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => (path.length > 1 ? path.replace(/\/$/, '') : path),
];
const decoded = (path: string): string =>
  path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Every path that a forgiving server can make of it, its steps in any order; percent signs are decoded once. */
export function lenientPaths(path: string): string[] {
  const seen = new Set([path]);
  const mend = (from: Iterable<string>): void => {
    const queue = [...from];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const step of STEPS) {
        const made = step(next);
        if (!seen.has(made)) queue.push(made);
        seen.add(made);
      }
    }
  };
  mend([path]);
  const once = [...seen].map(decoded);
  for (const made of once) seen.add(made);
  mend(once);
  return [...seen].map((made) => made.toLowerCase());
}

/** Whether some server would resolve a dot segment in it, decoding it once or twice. */
export function hasDotSegment(path: string): boolean {
  return [path, decoded(path), decoded(decoded(path))].some((reading) =>
    reading.split(/[/\\]/).some((segment) => /^\.{1,2}(?:;.*)?$/.test(segment)),
  );
}
