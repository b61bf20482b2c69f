/** What the `Proxy-Authorization` of a request holds. A malformed one is never quoted. */
export type ProxyCredential =
  { readonly kind: 'missing' } | { readonly kind: 'token'; readonly token: string } | { readonly kind: 'malformed' };

const MISSING: ProxyCredential = { kind: 'missing' };
const MALFORMED: ProxyCredential = { kind: 'malformed' };

const CREDENTIALS = /^(basic|bearer) +([A-Za-z0-9\-._~+/]+={0,2})$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const TOKEN = /^[\u0021-\u007e]{1,512}$/;

/**
 * Reads the access token: Basic (RFC 7617) with the token as the password, or as the user name when the password is
 * empty; or Bearer. Two fields, another scheme, bad base64 and control bytes are malformed.
 */
export function readProxyAuthorization(values: readonly string[]): ProxyCredential {
  const [value] = values;
  if (value === undefined) return MISSING;
  const [, scheme, credentials] = (values.length === 1 ? CREDENTIALS.exec(value) : null) ?? [];
  if (scheme === undefined || credentials === undefined) return MALFORMED;
  const token = scheme.toLowerCase() === 'bearer' ? credentials : basicToken(credentials);
  return token !== undefined && TOKEN.test(token) ? { kind: 'token', token } : MALFORMED;
}

/** The values of `Proxy-Authorization` among names and values in turn. */
export function proxyAuthorizationValues(rawHeaders: readonly string[]): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 19 && name.toLowerCase() === 'proxy-authorization') values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}

function basicToken(credentials: string): string | undefined {
  if (!BASE64.test(credentials)) return undefined;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  return pair.slice(colon + 1) || pair.slice(0, colon);
}
