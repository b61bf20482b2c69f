import { Check, Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';

/**
 * `current` signs. `published` signs no more and is still given to agents beside the current one, until every leaf that it
 * signed is gone. `retired` is kept for the record.
 */
export type RootState = 'current' | 'published' | 'retired';

/** A root of the gateway's own authority. There is one current root in an installation, whoever creates it first. */
@Entity({ tableName: 'root_certificate' })
@Check({ name: 'root_certificate_state_check', expression: "state in ('current', 'published', 'retired')" })
@Unique({ name: 'root_certificate_current_unique', properties: ['state'], where: "state = 'current'" })
export class StoredRoot {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'text' })
  certificatePem!: string;

  /** PKCS #8 in DER, sealed. */
  @Property({ type: 'blob' })
  sealedPrivateKey!: Buffer;

  /** SHA-256 of the certificate in upper-case hex pairs with colons. */
  @Property({ type: 'text' })
  @Unique({ name: 'root_certificate_fingerprint256_unique' })
  fingerprint256!: string;

  @Property({ type: 'text' })
  state!: RootState;

  @Property({ type: 'datetime', length: 3 })
  notBefore!: Date;

  @Property({ type: 'datetime', length: 3 })
  notAfter!: Date;

  @Property({ type: 'datetime', length: 3 })
  createdAt!: Date;
}
