import { hkdfSync, randomBytes } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { makeKeyPair, makeLeaf, type KeyPair, type RootCertificate } from '../../authority/certificates.js';
import { RootAuthority } from '../../authority/root-authority.js';
import { CONFIG, type Config } from '../../config/config.js';

const DAY = 86_400_000;
/** A leaf lives 7 days and is replaced after 5, so that no client ever meets one that is about to end. */
const USED_PART_OF_LIFE = 5 / 7;
const KEYS_LIFETIME = DAY;
/** Name, HMAC key and AES key of OpenSSL's session tickets. */
const TICKET_KEY_BYTES = 48;

interface Leaf {
  readonly context: SecureContext;
  readonly root: RootCertificate;
  readonly renewAt: number;
}

/** What all leaves minted within a day share: a pair of keys (a leaf then costs one signature) and a secret for tickets. */
interface Keys {
  readonly pair: KeyPair;
  readonly privateKeyPem: string;
  readonly ticketSecret: Buffer;
  readonly replaceAt: number;
}

/**
 * The certificates that agents meet inside a tunnel: one per host, minted when first asked for, kept in memory only, the least
 * recently used dropped first. Minting takes about 0.1 ms and OpenSSL's context 0.3 ms and 32 KiB (Node 26), without waiting
 * for anything: so it is synchronous, and two tunnels to a new host cannot mint twice.
 */
@Injectable()
export class LeafCertificates {
  /** In order of use: a Map iterates in the order of insertion, and a leaf that is used is inserted anew. */
  readonly #leaves = new Map<string, Leaf>();
  #keys: Keys | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly authority: RootAuthority,
  ) {}

  /** How many hosts have a leaf in memory. */
  get size(): number {
    return this.#leaves.size;
  }

  /**
   * The context for the server side of a TLS connection with an agent that asked for this canonical host. The leaf is sent
   * alone: agents trust the root itself. Throws a RangeError when the host cannot stand in a certificate.
   */
  contextFor(host: string): SecureContext {
    const now = Date.now();
    const root = this.authority.current();
    const known = this.#leaves.get(host);
    if (known !== undefined) this.#leaves.delete(host);
    const leaf =
      known !== undefined && known.root === root && now < known.renewAt ? known : this.#mint(host, root, now);
    this.#leaves.set(host, leaf);
    if (this.#leaves.size > this.config.gateway.leafCacheSize) this.#dropLeastRecentlyUsed();
    return leaf.context;
  }

  #mint(host: string, root: RootCertificate, now: number): Leaf {
    const keys = this.#keysAt(now);
    const leaf = makeLeaf({ root, host, now: new Date(now), publicPoint: keys.pair.publicPoint });
    const context = createSecureContext({
      cert: leaf.certificatePem,
      key: keys.privateKeyPem,
      minVersion: 'TLSv1.2',
      ticketKeys: ticketKeys(keys.ticketSecret, host),
    });
    return { context, root, renewAt: now + (leaf.notAfter.getTime() - now) * USED_PART_OF_LIFE };
  }

  #keysAt(now: number): Keys {
    if (this.#keys === undefined || now >= this.#keys.replaceAt) {
      const pair = makeKeyPair();
      const privateKeyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
      this.#keys = { pair, privateKeyPem, ticketSecret: randomBytes(32), replaceAt: now + KEYS_LIFETIME };
    }
    return this.#keys;
  }

  #dropLeastRecentlyUsed(): void {
    const oldest = this.#leaves.keys().next();
    if (oldest.done !== true) this.#leaves.delete(oldest.value);
  }
}

/**
 * A host's own keys for session tickets, always the same for a day: a leaf that was dropped and minted again still resumes the
 * sessions of the first one, and no host's ticket opens another's.
 */
function ticketKeys(secret: Buffer, host: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, host, 'tls session tickets', TICKET_KEY_BYTES));
}
