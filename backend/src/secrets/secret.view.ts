import { SECRET_TYPE_LABELS, type SecretView } from '../../../libs/contracts/secrets.js';
import type { Secret } from './secret.entity.js';

/** A secret on the wire: everything but its value. */
export function toSecretView(secret: Secret, lastUsedAt: Date | undefined): SecretView {
  return {
    id: secret.id,
    name: secret.name,
    type: secret.type,
    typeLabel: SECRET_TYPE_LABELS[secret.type],
    hostPattern: secret.hostPattern,
    pathPattern: secret.pathPattern,
    injectionConfig: secret.injectionConfig,
    allowPlainHttp: secret.allowPlainHttp,
    preview: secret.preview,
    createdAt: secret.createdAt.toISOString(),
    rotatedAt: secret.rotatedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    version: String(secret.version),
  };
}

/** What the record of changes shows of a secret: not even the preview, which outlives the value there. */
export function auditedSecret(secret: Secret): Readonly<Record<string, unknown>> {
  return {
    name: secret.name,
    type: secret.type,
    hostPattern: secret.hostPattern,
    pathPattern: secret.pathPattern,
    injectionConfig: secret.injectionConfig,
    allowPlainHttp: secret.allowPlainHttp,
    rotatedAt: secret.rotatedAt?.toISOString() ?? null,
  };
}
