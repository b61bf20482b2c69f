import type { InjectionConfig, SecretType } from '../contracts/secrets.js';
import { parsed, unreadable, type Parsed } from './parsed.js';

/** Where a secret's value goes in a request, read from its type and configuration. */
export type Injection =
  | { readonly kind: 'anthropic' }
  | { readonly kind: 'openai' }
  | { readonly kind: 'header'; readonly name: string; readonly format: string }
  | { readonly kind: 'query'; readonly name: string; readonly format: string }
  | { readonly kind: 'path'; readonly before: string; readonly after: string }
  | { readonly kind: 'basic'; readonly username: string };

export const VALUE_PLACE = '{value}';

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
// eslint-disable-next-line no-control-regex -- finding control bytes is the point
const CONTROL = /[\u0000-\u001f\u007f]/;
/** A template is compared with the path as sent, so it is written like one. */
const PATH_TEXT = /^\/[A-Za-z0-9\-._~/!$&'()*+,;:=@%]*$/;
const MAX_LENGTH = 1024;

/** Fields that frame, route or authenticate the hop: a value in them would change what is sent, not who sends it. */
const UNUSABLE_FIELDS: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade', 'expect'],
  'http2-settings',
]);

/** Reads an injection; the sentence names the field that is wrong. */
export function parseInjection(type: SecretType, config: InjectionConfig | null): Parsed<Injection> {
  const given = config !== null && Object.keys(config).length > 0;
  switch (type) {
    case 'anthropic':
    case 'openai':
      return given
        ? unreadable('This type of secret knows its own place: leave injectionConfig out.')
        : parsed({ kind: type });
    case 'generic':
      return config !== null && given
        ? parseGeneric(config)
        : unreadable('A generic secret needs an injectionConfig: a headerName, paramName, pathTemplate or username.');
  }
}

/** The places that an injection replaces: two secrets for the same place cannot both be used. */
export function injectionPlaces(injection: Injection): readonly string[] {
  switch (injection.kind) {
    // Which of the two it is depends on the value; the other one is removed.
    case 'anthropic':
      return ['header:x-api-key', 'header:authorization'];
    case 'openai':
    case 'basic':
      return ['header:authorization'];
    case 'header':
      return [`header:${fieldKey(injection.name)}`];
    case 'query':
      return [`query:${injection.name}`];
    case 'path':
      return ['path'];
  }
}

/** Field names that servers cannot tell apart compare equal: case folded, and CGI's underscore as a hyphen. */
export function fieldKey(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** Where `{value}` stands in a path as sent: from `start` to `end`. Undefined when the template does not match. */
export function placeInPath(
  template: { readonly before: string; readonly after: string },
  path: string,
): { readonly start: number; readonly end: number } | undefined {
  if (!path.startsWith(template.before)) return undefined;
  const start = template.before.length;
  const slash = path.indexOf('/', start);
  const end = slash < 0 ? path.length : slash;
  if (!path.startsWith(template.after, end)) return undefined;
  const following = path.charAt(end + template.after.length);
  const whole = template.after === '' || template.after.endsWith('/') || following === '' || following === '/';
  return whole ? { start, end } : undefined;
}

function parseGeneric(config: InjectionConfig): Parsed<Injection> {
  const kinds = ['headerName', 'paramName', 'pathTemplate', 'username'].filter((key) => key in config);
  if (kinds.length !== 1)
    return unreadable('An injectionConfig names one place: headerName, paramName, pathTemplate or username.');
  if ('headerName' in config) return parseHeader(config.headerName, config.valueFormat ?? VALUE_PLACE);
  if ('paramName' in config) return parseQuery(config.paramName, config.paramFormat ?? VALUE_PLACE);
  if ('pathTemplate' in config) return parsePathTemplate(config.pathTemplate);
  return parseBasic(config.username);
}

function parseHeader(name: string, format: string): Parsed<Injection> {
  if (!FIELD_NAME.test(name)) return unreadable('headerName is a field name such as Authorization or X-Api-Key.');
  const key = fieldKey(name);
  if (UNUSABLE_FIELDS.has(key) || key.startsWith('proxy-') || key.startsWith('x-onecli-')) {
    return unreadable(`headerName cannot be ${name}: that field belongs to the connection.`);
  }
  if (CONTROL.test(format)) return unreadable('valueFormat has no control characters.');
  return formatFault('valueFormat', format) ?? parsed({ kind: 'header', name, format });
}

function parseQuery(name: string, format: string): Parsed<Injection> {
  if (name === '' || name.length > MAX_LENGTH || CONTROL.test(name)) {
    return unreadable('paramName is the decoded name of a query parameter.');
  }
  if (CONTROL.test(format)) return unreadable('paramFormat has no control characters.');
  return formatFault('paramFormat', format) ?? parsed({ kind: 'query', name, format });
}

function formatFault(field: string, format: string): Parsed<never> | undefined {
  if (format.length > MAX_LENGTH) return unreadable(`${field} has at most ${MAX_LENGTH} characters.`);
  if (!format.includes(VALUE_PLACE)) return unreadable(`${field} says with ${VALUE_PLACE} where the value goes.`);
  return undefined;
}

function parsePathTemplate(template: string): Parsed<Injection> {
  const parts = template.split(VALUE_PLACE);
  const [before, after] = parts;
  if (template.length > MAX_LENGTH || parts.length !== 2 || before === undefined || after === undefined) {
    return unreadable(`pathTemplate has ${VALUE_PLACE} in it exactly once, such as /bot${VALUE_PLACE}.`);
  }
  if (!PATH_TEXT.test(before) || (after !== '' && !PATH_TEXT.test(after))) {
    return unreadable(`pathTemplate is a path from its first slash; after ${VALUE_PLACE} comes a slash or nothing.`);
  }
  return parsed({ kind: 'path', before, after });
}

function parseBasic(username: string): Parsed<Injection> {
  // RFC 7617, 2: a user-id with a colon would be read as another user-id.
  if (username.includes(':')) return unreadable('username has no colon in it.');
  if (username.length > MAX_LENGTH || CONTROL.test(username)) return unreadable('username has no control characters.');
  return parsed({ kind: 'basic', username });
}
