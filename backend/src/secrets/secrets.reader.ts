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
    // Rows, not entities, as in the rules' reader.
    const rows = await em.execute<(Omit<SealedSecret, 'createdAt'> & { readonly createdMs: number })[]>(
      `select id, name, type, host_pattern as "hostPattern", path_pattern as "pathPattern",
         injection_config as "injectionConfig", allow_plain_http as "allowPlainHttp", is_oauth_token as "isOauthToken",
         sealed_value as "sealedValue", (extract(epoch from created_at) * 1000)::float8 as "createdMs"
       from secret where project_id = ?`,
      [projectId],
    );
    return rows.map(({ createdMs, ...secret }) => ({ ...secret, createdAt: new Date(createdMs) }));
  }

  async exists(projectId: string): Promise<boolean> {
    return (await this.em.fork().count(Secret, { projectId })) > 0;
  }
}
