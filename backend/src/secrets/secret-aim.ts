import { isDeepStrictEqual } from 'node:util';
import { SECRET_TYPE_HOSTS, type InjectionConfig, type SecretType } from '../../../libs/contracts/secrets.js';
import {
  formatHostPattern,
  isHostNarrowerOrEqual,
  parseHostPattern,
  type HostPattern,
} from '../../../libs/patterns/host-pattern.js';
import { ownedHostFault } from '../../../libs/patterns/owned-host.js';
import { isPathNarrowerOrEqual, parsePathPattern, type PathPattern } from '../../../libs/patterns/path-pattern.js';
import { DomainError } from '../persistence/domain-error.js';
import { injectionConfig } from './injection-config.js';

/** Where a secret's value goes, and how. */
export interface SecretAim {
  readonly hostPattern: string;
  readonly pathPattern: string | null;
  readonly injectionConfig: InjectionConfig | null;
  readonly allowPlainHttp: boolean;
}

/** An aim as it is given: what is left out takes its default. */
export type GivenAim = { readonly [Field in keyof SecretAim]?: SecretAim[Field] | null | undefined };

/** A new secret's aim, checked and in canonical spelling. Throws VALIDATION. */
export function secretAim(type: SecretType, given: GivenAim): SecretAim {
  return {
    hostPattern: hostPattern(type, given.hostPattern),
    pathPattern: pathPattern(given.pathPattern),
    injectionConfig: injectionConfig(type, given.injectionConfig),
    allowPlainHttp: given.allowPlainHttp ?? false,
  };
}

/** The stored aim with what was given instead; what was not given stays. Throws VALIDATION. */
export function changedAim(type: SecretType, stored: SecretAim, given: GivenAim): SecretAim {
  return secretAim(type, {
    hostPattern: given.hostPattern === undefined ? stored.hostPattern : given.hostPattern,
    pathPattern: given.pathPattern === undefined ? stored.pathPattern : given.pathPattern,
    injectionConfig: given.injectionConfig === undefined ? stored.injectionConfig : given.injectionConfig,
    allowPlainHttp: given.allowPlainHttp ?? stored.allowPlainHttp,
  });
}

/**
 * The field by which the stored value would go where it did not go before, or undefined when the new aim only narrows.
 * Who may change a secret but does not know its value must not be able to send it to a place of their own.
 */
export function widenedField(stored: SecretAim, next: SecretAim): keyof SecretAim | undefined {
  if (!isHostNarrowerOrEqual(readHost(next.hostPattern), readHost(stored.hostPattern))) return 'hostPattern';
  if (!isPathNarrowerOrEqual(readPath(next.pathPattern), readPath(stored.pathPattern))) return 'pathPattern';
  if (!isDeepStrictEqual(next.injectionConfig, stored.injectionConfig)) return 'injectionConfig';
  return next.allowPlainHttp && !stored.allowPlainHttp ? 'allowPlainHttp' : undefined;
}

function hostPattern(type: SecretType, given: string | null | undefined): string {
  const text = given ?? SECRET_TYPE_HOSTS[type];
  if (text === null) throw DomainError.invalid({ path: 'hostPattern', message: 'Say which host the value is for.' });
  const pattern = readHost(text);
  const fault = ownedHostFault(pattern);
  if (fault !== undefined) throw DomainError.invalid({ path: 'hostPattern', message: fault });
  return formatHostPattern(pattern);
}

function pathPattern(given: string | null | undefined): string | null {
  return readPath(given ?? null)?.text ?? null;
}

function readHost(text: string): HostPattern {
  const pattern = parseHostPattern(text);
  if (!pattern.ok) throw DomainError.invalid({ path: 'hostPattern', message: pattern.why });
  return pattern.value;
}

function readPath(text: string | null): PathPattern | null {
  if (text === null) return null;
  const pattern = parsePathPattern(text);
  if (!pattern.ok) throw DomainError.invalid({ path: 'pathPattern', message: pattern.why });
  return pattern.value;
}
