import type { InjectionConfig, SecretType } from '../../../libs/contracts/secrets.js';
import { parseInjection } from '../../../libs/patterns/injection.js';
import { parsePathPattern } from '../../../libs/patterns/path-pattern.js';
import { DomainError } from '../persistence/domain-error.js';

const PLACEHOLDER = '{value}';
const LONGEST = 1024;
/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
/** What frames or routes the message, or belongs to one hop: a secret there would change what is sent, not who sends it. */
const NOT_INJECTABLE =
  /^(?:connection|keep-alive|te|trailer|transfer-encoding|content-length|upgrade|host|expect|proxy-.*|x-onecli-.*)$/i;
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u001f\u007f]/;

type Fields = Readonly<Record<string, unknown>>;

/** Each kind is known by its one required field; the others are optional. */
interface Kind {
  readonly optional: readonly string[];
  readonly check: (fields: Fields) => InjectionConfig;
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['headerName', { optional: ['valueFormat'], check: header }],
  ['paramName', { optional: ['paramFormat'], check: query }],
  ['pathTemplate', { optional: [], check: path }],
  ['username', { optional: [], check: basic }],
]);

/** How the value is put into a request, checked. Throws VALIDATION with the field that is wrong. */
export function injectionConfig(type: SecretType, given: InjectionConfig | null | undefined): InjectionConfig | null {
  if (type !== 'generic') {
    if (given === undefined || given === null) return null;
    throw invalid('', `A secret of type ${type} needs no injection: its vendor's way is used.`);
  }
  if (given === undefined || given === null) {
    throw invalid('', 'Say where the value goes: headerName, paramName, pathTemplate or username.');
  }
  const fields: Fields = { ...given };
  const names = Object.keys(fields).filter((name) => fields[name] !== undefined);
  const [kind, ...further] = names.filter((name) => KINDS.has(name));
  const known = kind === undefined ? undefined : KINDS.get(kind);
  if (kind === undefined || known === undefined || further.length > 0) {
    throw invalid('', 'Give exactly one of headerName, paramName, pathTemplate and username.');
  }
  const odd = names.find((name) => name !== kind && !known.optional.includes(name));
  if (odd !== undefined) throw invalid(odd, `This has no place beside ${kind}.`);
  const config = known.check(fields);
  // The compiler's own reading has the last word: what it cannot read would be stored and never injected.
  const readable = parseInjection(type, config);
  if (!readable.ok) throw invalid(kind, readable.why);
  return config;
}

function header(fields: Fields): InjectionConfig {
  const headerName = text(fields, 'headerName');
  if (!TOKEN.test(headerName))
    throw invalid('headerName', 'A header name has letters, digits and hyphens, 128 at most.');
  if (NOT_INJECTABLE.test(headerName))
    throw invalid('headerName', `${headerName} belongs to the connection and can't carry a secret.`);
  return { headerName, ...format(fields, 'valueFormat') };
}

function query(fields: Fields): InjectionConfig {
  const paramName = text(fields, 'paramName');
  if (paramName === '' || paramName.length > 128)
    throw invalid('paramName', 'A parameter name has 1 to 128 characters.');
  return { paramName, ...format(fields, 'paramFormat') };
}

function path(fields: Fields): InjectionConfig {
  const pathTemplate = text(fields, 'pathTemplate');
  if (pathTemplate.split(PLACEHOLDER).length !== 2)
    throw invalid('pathTemplate', `${PLACEHOLDER} stands in it exactly once.`);
  if (pathTemplate.includes('*')) throw invalid('pathTemplate', 'A path template is literal: it has no wildcards.');
  const readable = parsePathPattern(pathTemplate.replace(PLACEHOLDER, 'x'));
  if (!readable.ok) throw invalid('pathTemplate', readable.why.replace('path pattern', 'path template'));
  return { pathTemplate };
}

function basic(fields: Fields): InjectionConfig {
  const username = text(fields, 'username');
  // RFC 7617, section 2: the first colon ends the user name.
  if (username.includes(':')) throw invalid('username', 'A user name has no colon.');
  return { username };
}

function format<Name extends string>(fields: Fields, name: Name): Partial<Record<Name, string>> {
  if (fields[name] === undefined) return {};
  const value = text(fields, name);
  if (!value.includes(PLACEHOLDER)) throw invalid(name, `The format has ${PLACEHOLDER} in it, where the value goes.`);
  return { [name]: value } as Record<Name, string>;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw invalid(name, 'This is a text.');
  if (value.length > LONGEST) throw invalid(name, `At most ${LONGEST} characters.`);
  if (CONTROL.test(value)) throw invalid(name, 'No control characters or line breaks.');
  return value;
}

function invalid(field: string, message: string): DomainError {
  return DomainError.invalid({ path: field === '' ? 'injectionConfig' : `injectionConfig.${field}`, message });
}
