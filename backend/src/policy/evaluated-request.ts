import { parseAbsoluteUrl } from '../../../libs/patterns/absolute-url.js';
import { readPath } from '../../../libs/patterns/request-path.js';
import type { DecidableRequest } from './decidable-request.js';

/** A request that somebody asks about: what the gateway would read, or the refusal that it would answer. */
export type EvaluatedRequest =
  | { readonly ok: true; readonly request: DecidableRequest }
  | {
      readonly ok: false;
      readonly refusal: 'malformed_target' | 'ambiguous_path' | 'method_refused';
      readonly why: string;
    };

const REFUSED_METHODS: ReadonlySet<string> = new Set(['TRACE', 'TRACK', 'CONNECT']);
const NO_CLAIMS: readonly string[] = [];

/** Reads a method and an absolute URL as the gateway reads a request line. A fragment is never sent and left out. */
export function evaluatedRequest(methodText: string, urlText: string): EvaluatedRequest {
  const method = methodText.toUpperCase();
  if (REFUSED_METHODS.has(method)) {
    return { ok: false, refusal: 'method_refused', why: `The gateway does not forward ${method} requests.` };
  }
  const fragment = urlText.indexOf('#');
  const url = parseAbsoluteUrl(fragment < 0 ? urlText : urlText.slice(0, fragment));
  if (!url.ok) return { ok: false, refusal: 'malformed_target', why: url.why };
  const { scheme, host, port, pathAndQuery } = url.value;
  const [path = '/'] = pathAndQuery.split('?', 1);
  const forms = readPath(path);
  if (!forms.ok) return { ok: false, refusal: 'ambiguous_path', why: forms.why };
  return { ok: true, request: { scheme, host, port, method, claimedMethods: NO_CLAIMS, path, ...forms.value } };
}
