import { createPrivateKey } from 'node:crypto';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { open, seal, SealedValueError, type SealedPlace } from '../crypto/envelope.js';
import { KeyRing } from '../crypto/key-ring.js';
import { uuidV7 } from '../persistence/uuid-v7.js';
import { StoredRoot } from './authority.entity.js';
import { makeRoot, readRoot, type RootCertificate } from './certificates.js';

/** Key of the advisory lock under which the first root is made: the letters `root` as a number. */
const FIRST_ROOT_LOCK = 0x726f6f74;

/** The gateway's own certificate authority: one root per installation, the same on every replica. */
@Injectable()
export class RootAuthority implements OnModuleInit {
  #current: RootCertificate | undefined;
  #publishedPem = '';

  constructor(
    private readonly entities: EntityManager,
    private readonly keyRing: KeyRing,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.ensure();
  }

  /** The root that signs, in memory. Throws before the program has started. */
  current(): RootCertificate {
    if (this.#current === undefined) throw new Error('the root certificate was asked for before the program started');
    return this.#current;
  }

  /** What agents have to trust, as PEM: the current root first, then earlier ones that are not retired yet. */
  publishedPem(): string {
    return this.#publishedPem;
  }

  /**
   * Loads the root, made on the first run; of several replicas that start at once one makes it. Throws an Error with a
   * sentence when the stored one cannot be opened, and leaves it as it is: another root would break every agent's trust.
   */
  async ensure(): Promise<void> {
    const roots = await this.entities.fork().transactional(async (em) => {
      await em.execute('select pg_advisory_xact_lock(?)', [FIRST_ROOT_LOCK]);
      const stored = await publishedRoots(em);
      if (stored.some((root) => root.state === 'current')) return stored;
      const first = this.#firstRoot();
      em.persist(first);
      return [first, ...stored];
    });
    const current = roots.find((root) => root.state === 'current');
    if (current === undefined) throw new Error('the root certificate is missing');
    this.#current = this.#open(current);
    this.#publishedPem = [current, ...roots.filter((root) => root !== current)]
      .map((root) => root.certificatePem)
      .join('');
  }

  #firstRoot(): StoredRoot {
    const now = new Date();
    const root = makeRoot(now);
    const id = uuidV7();
    const stored = new StoredRoot();
    stored.id = id;
    stored.certificatePem = root.certificatePem;
    stored.sealedPrivateKey = seal(this.keyRing, root.privateKey.export({ type: 'pkcs8', format: 'der' }), placeOf(id));
    stored.fingerprint256 = root.fingerprint256;
    stored.state = 'current';
    stored.notBefore = root.notBefore;
    stored.notAfter = root.notAfter;
    stored.createdAt = now;
    return stored;
  }

  #open(stored: StoredRoot): RootCertificate {
    try {
      const key = open(this.keyRing, stored.sealedPrivateKey, placeOf(stored.id));
      const root = readRoot(stored.certificatePem, createPrivateKey({ key, type: 'pkcs8', format: 'der' }));
      key.fill(0);
      return root;
    } catch (error) {
      throw new Error(unopenable(error), { cause: error });
    }
  }
}

function publishedRoots(em: EntityManager): Promise<StoredRoot[]> {
  return em.find(StoredRoot, { state: { $ne: 'retired' } }, { orderBy: { createdAt: 'desc' } });
}

function placeOf(id: string): SealedPlace {
  return { table: 'root_certificate', rowId: id, column: 'private_key' };
}

function unopenable(error: unknown): string {
  if (!(error instanceof SealedValueError)) return `the gateway's root certificate cannot be used: ${String(error)}`;
  return error.reason === 'unknown_key'
    ? `the gateway's root certificate does not open: ${error.message}; start with the SECRET_ENCRYPTION_KEY that this ` +
        'database was used with (further keys go after a comma)'
    : `the gateway's root certificate does not open: ${error.message}; restore it from a backup of the database`;
}
