import type { Scheme } from '../../../../libs/patterns/authority.js';
import type { SecretValue } from '../../crypto/secret-value.js';
import type { CompiledSecret } from '../../policy/compiled-policy.js';
import { applyInjection, type InjectableRequest } from './injectors.js';

/** A selected secret with its value, opened for this one request. */
export interface OpenedInjection {
  readonly secret: Pick<CompiledSecret, 'id' | 'name' | 'injection' | 'allowPlainHttp'>;
  readonly value: SecretValue;
}

/** The part of a request that secrets go into. */
export interface InjectedRequest {
  /** Names and values in turn. */
  readonly fields: string[];
  readonly pathAndQuery: string;
}

/** A secret cannot be injected; the request must not go out with a placeholder in its stead. Holds no value. */
export class InjectionRefused extends Error {
  override readonly name = 'InjectionRefused';

  constructor(
    readonly secretId: string,
    readonly secretName: string,
    readonly why: string,
  ) {
    super(`The secret "${secretName}" cannot be injected: ${why}`);
  }
}

// eslint-disable-next-line no-control-regex -- finding control bytes is the point
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Puts the selected secrets into a request: each replaces what the agent sent in its place; all else stays as it is.
 * The result is a copy.
 * @throws InjectionRefused when a value has control bytes, is empty, or would travel in clear against its secret's word
 */
export function inject(
  request: { readonly fields: readonly string[]; readonly pathAndQuery: string },
  injections: readonly OpenedInjection[],
  scheme: Scheme,
): InjectedRequest {
  const injected: InjectableRequest = { fields: [...request.fields], pathAndQuery: request.pathAndQuery };
  for (const { secret, value } of injections) {
    const clear = value.reveal();
    const fault = injectionFault(secret, clear, scheme);
    if (fault !== undefined) throw new InjectionRefused(secret.id, secret.name, fault);
    applyInjection(injected, secret.injection, clear);
  }
  return injected;
}

function injectionFault(secret: OpenedInjection['secret'], value: string, scheme: Scheme): string | undefined {
  if (scheme === 'http' && !secret.allowPlainHttp) return 'it may not be sent over plain HTTP.';
  if (value === '') return 'its value is empty.';
  if (CONTROL.test(value)) return 'its value has control characters in it.';
  if (!value.isWellFormed()) return 'its value is not valid Unicode.';
  // Between two slashes these would change which path is asked for.
  if (secret.injection.kind === 'path' && (value === '.' || value === '..')) return 'its value would be a dot segment.';
  return undefined;
}
