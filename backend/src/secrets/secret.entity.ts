import { Check, Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import type { InjectionConfig, SecretType } from '../../../libs/contracts/secrets.js';

/** A credential: where its value goes, and the value sealed. */
@Entity({ tableName: 'secret' })
@Unique({ name: 'secret_project_id_id_unique', properties: ['projectId', 'id'] })
@Check({ name: 'secret_type_check', expression: "type in ('anthropic', 'openai', 'generic')" })
export class Secret {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  projectId!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  type!: SecretType;

  @Property({ type: 'blob' })
  sealedValue!: Buffer;

  /** An Anthropic token of a subscription is announced to clients otherwise than an API key; known without opening it. */
  @Property({ type: 'boolean' })
  isOauthToken!: boolean;

  /** The last four characters of a value longer than twelve. */
  @Property({ type: 'text', nullable: true })
  preview!: string | null;

  @Property({ type: 'text' })
  hostPattern!: string;

  @Property({ type: 'text', nullable: true })
  pathPattern!: string | null;

  @Property({ type: 'json', nullable: true })
  injectionConfig!: InjectionConfig | null;

  @Property({ type: 'boolean' })
  allowPlainHttp!: boolean;

  @Property({ type: 'datetime', length: 3 })
  createdAt!: Date;

  @Property({ type: 'datetime', length: 3, nullable: true })
  rotatedAt!: Date | null;

  @Property({ type: 'integer' })
  version!: number;
}
