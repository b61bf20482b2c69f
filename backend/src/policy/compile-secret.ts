import { hostSpecificity, parseHostPattern } from '../../../libs/patterns/host-pattern.js';
import { injectionPlaces, parseInjection } from '../../../libs/patterns/injection.js';
import { parsed, type Parsed } from '../../../libs/patterns/parsed.js';
import { compilePath } from './compile-rule.js';
import type { CompiledSecret } from './compiled-policy.js';
import type { SecretRecord } from './snapshot.js';

/** A secret that is compiled but not ranked among the others yet. */
export interface UnrankedSecret extends Omit<CompiledSecret, 'rank'> {
  readonly createdAt: number;
}

export function compileSecret(record: SecretRecord): Parsed<UnrankedSecret> {
  const host = parseHostPattern(record.hostPattern);
  if (!host.ok) return host;
  const path = compilePath(record.pathPattern);
  if (!path.ok) return path;
  const injection = parseInjection(record.type, record.injectionConfig);
  if (!injection.ok) return injection;
  const { id, name, allowPlainHttp, sealedValue } = record;
  return parsed({
    ...{ id, name, host: host.value, path: path.value, injection: injection.value },
    ...{ places: injectionPlaces(injection.value), allowPlainHttp, sealedValue, createdAt: record.createdAt.getTime() },
  });
}

/** The most specific first: by host, then literal path, then the newest (and the higher id, to leave no tie). */
export function bySpecificity(a: UnrankedSecret, b: UnrankedSecret): number {
  return (
    hostSpecificity(b.host) - hostSpecificity(a.host) ||
    pathSpecificity(b) - pathSpecificity(a) ||
    b.createdAt - a.createdAt ||
    (a.id < b.id ? 1 : -1)
  );
}

/** A longer literal part is more specific; of two equally long ones the path without a wildcard. */
function pathSpecificity({ path }: UnrankedSecret): number {
  if (path === null) return -1;
  return path.literalLength * 2 + (path.exact.kind === 'literal' ? 1 : 0);
}
