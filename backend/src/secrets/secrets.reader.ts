import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';
import type { InjectionConfig, SecretType } from '../../../libs/contracts/secrets.js';
import { Secret } from './secret.entity.js';

/** What policy needs of a secret; the value stays sealed. */
export interface SealedSecret {
  readonly id: string;
  readonly name: string;
  readonly type: SecretType;
  readonly hostPattern: string;
  readonly pathPattern: string | null;
  readonly injectionConfig: InjectionConfig | null;
  readonly allowPlainHttp: boolean;
  readonly createdAt: Date;
  readonly isOauthToken: boolean;
  readonly sealedValue: Uint8Array;
}

/** Reads of secrets for other parts of the program. */
@Injectable()
export class SecretsReader {
  constructor(private readonly em: EntityManager) {}

  /** All secrets of a project, inside the given transaction or on its own. */
  async sealed(projectId: string, em: EntityManager = this.em.fork()): Promise<SealedSecret[]> {
    const secrets = await em.find(Secret, { projectId }, { disableIdentityMap: true });
    return secrets.map((secret) => ({
      id: secret.id,
      name: secret.name,
      type: secret.type,
      hostPattern: secret.hostPattern,
      pathPattern: secret.pathPattern,
      injectionConfig: secret.injectionConfig,
      allowPlainHttp: secret.allowPlainHttp,
      createdAt: secret.createdAt,
      isOauthToken: secret.isOauthToken,
      sealedValue: secret.sealedValue,
    }));
  }

  async exists(projectId: string): Promise<boolean> {
    return (await this.em.fork().count(Secret, { projectId })) > 0;
  }
}
