import { VALUE_PLACE, placeInPath, type Injection } from '../../../../libs/patterns/injection.js';
import { removeField, replaceField, replaceParameter } from './places.js';

/** The part of a request that secrets go into. Injectors change it in place: it is the gateway's own copy. */
export interface InjectableRequest {
  /** Names and values in turn. */
  readonly fields: string[];
  pathAndQuery: string;
}

type Injector<Kind extends Injection['kind']> = (
  request: InjectableRequest,
  injection: Extract<Injection, { readonly kind: Kind }>,
  value: string,
) => void;

type Injectors = { readonly [Kind in Injection['kind']]: Injector<Kind> };

/** Tokens of Claude subscriptions; API keys begin with `sk-ant-api`. */
const ANTHROPIC_OAUTH = 'sk-ant-oat';

/** One function for each kind of injection; each replaces what the agent sent in that place. */
export const INJECTORS: Injectors = {
  anthropic(request, _injection, value) {
    if (value.startsWith(ANTHROPIC_OAUTH)) {
      replaceField(request.fields, 'authorization', fieldValue(`Bearer ${value}`));
      removeField(request.fields, 'x-api-key');
    } else {
      replaceField(request.fields, 'x-api-key', fieldValue(value));
      removeField(request.fields, 'authorization');
    }
  },
  openai(request, _injection, value) {
    replaceField(request.fields, 'authorization', fieldValue(`Bearer ${value}`));
  },
  header(request, injection, value) {
    replaceField(request.fields, injection.name, fieldValue(fill(injection.format, value)));
  },
  basic(request, injection, value) {
    const pair = Buffer.from(`${injection.username}:${value}`, 'utf8').toString('base64');
    replaceField(request.fields, 'authorization', `Basic ${pair}`);
  },
  query(request, injection, value) {
    request.pathAndQuery = replaceParameter(request.pathAndQuery, injection.name, fill(injection.format, value));
  },
  path(request, injection, value) {
    const mark = request.pathAndQuery.indexOf('?');
    const path = mark < 0 ? request.pathAndQuery : request.pathAndQuery.slice(0, mark);
    const place = placeInPath(injection, path);
    if (place === undefined) return;
    request.pathAndQuery =
      request.pathAndQuery.slice(0, place.start) + pathValue(value) + request.pathAndQuery.slice(place.end);
  },
};

/** Applies one injection. The switch gives each injector its own kind. */
export function applyInjection(request: InjectableRequest, injection: Injection, value: string): void {
  switch (injection.kind) {
    case 'anthropic':
      INJECTORS.anthropic(request, injection, value);
      return;
    case 'openai':
      INJECTORS.openai(request, injection, value);
      return;
    case 'header':
      INJECTORS.header(request, injection, value);
      return;
    case 'basic':
      INJECTORS.basic(request, injection, value);
      return;
    case 'query':
      INJECTORS.query(request, injection, value);
      return;
    case 'path':
      INJECTORS.path(request, injection, value);
  }
}

function fill(format: string, value: string): string {
  return format.split(VALUE_PLACE).join(value);
}

/** Heads are written as Latin-1: each character becomes the bytes of its UTF-8 form. */
function fieldValue(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** RFC 3986, 3.3: a segment keeps unreserved characters, sub-delimiters, `:` and `@`; the rest is encoded. */
function pathValue(value: string): string {
  return encodeURIComponent(value).replace(/%(?:24|26|2B|2C|3B|3D|3A|40)/g, (escape) => decodeURIComponent(escape));
}
