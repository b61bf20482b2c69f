import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring.js';

/**
 * Envelope encryption, AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces. Each value has a data key of its own,
 * wrapped by the key-encryption key, so that rotation re-wraps 32 bytes and never touches the value.
 *
 * | bytes | what |
 * |---|---|
 * | 1 | version, 1 |
 * | 8 | id of the key-encryption key |
 * | 12 + 32 + 16 | nonce, wrapped data key, tag |
 * | 12 + n + 16 | nonce, ciphertext, tag |
 *
 * The additional data of both layers is the version, the key id (outer layer only) and the place of the value, so that a
 * ciphertext moved to another table, row or column does not open.
 */
export interface SealedPlace {
  readonly table: string;
  readonly rowId: string;
  readonly column: string;
}

/** What keeps a sealed value shut. The message names the place and never the content. */
export class SealedValueError extends Error {
  constructor(
    readonly reason: 'unknown_key' | 'damaged',
    message: string,
  ) {
    super(message);
    this.name = 'SealedValueError';
  }
}

const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;
const WRAP_OFFSET = 1 + KEY_ID_BYTES;
const BODY_OFFSET = WRAP_OFFSET + NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES;
const OVERHEAD = BODY_OFFSET + NONCE_BYTES + TAG_BYTES;

/** Seals bytes for one place with the ring's current key. */
export function seal(ring: KeyRing, plaintext: Uint8Array, place: SealedPlace): Buffer {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const body = encrypt(dataKey, plaintext, placeData(place));
  const header = headerOf(ring.current.id);
  return Buffer.concat([header, encrypt(ring.current.bytes, dataKey, wrapData(header, place)), body]);
}

/** Opens what `seal` made for the same place. Throws {@link SealedValueError}. */
export function open(ring: KeyRing, sealed: Uint8Array, place: SealedPlace): Buffer {
  const bytes = asBuffer(sealed);
  return decrypt(unwrap(ring, bytes, place), bytes.subarray(BODY_OFFSET), placeData(place), place);
}

/** The same value, its data key wrapped by the current key; undefined when it is already. Throws {@link SealedValueError}. */
export function rewrap(ring: KeyRing, sealed: Uint8Array, place: SealedPlace): Buffer | undefined {
  const bytes = asBuffer(sealed);
  if (sealedKeyId(bytes) === ring.current.id) return undefined;
  const dataKey = unwrap(ring, bytes, place);
  const header = headerOf(ring.current.id);
  return Buffer.concat([
    header,
    encrypt(ring.current.bytes, dataKey, wrapData(header, place)),
    bytes.subarray(BODY_OFFSET),
  ]);
}

/** The id of the key that a sealed value needs. Throws {@link SealedValueError} when it is no sealed value. */
export function sealedKeyId(sealed: Uint8Array): string {
  const bytes = asBuffer(sealed);
  if (bytes.length < OVERHEAD || bytes[0] !== VERSION) {
    throw new SealedValueError('damaged', 'this is not a sealed value of a version that this program knows');
  }
  return bytes.toString('hex', 1, WRAP_OFFSET);
}

function unwrap(ring: KeyRing, bytes: Buffer, place: SealedPlace): Buffer {
  const keyId = sealedKeyId(bytes);
  const key = ring.find(keyId);
  if (key === undefined) {
    throw new SealedValueError(
      'unknown_key',
      `${place.table}.${place.column} was sealed with key ${keyId}, which is not among the given keys (${ring.ids.join(', ')})`,
    );
  }
  const header = bytes.subarray(0, WRAP_OFFSET);
  return decrypt(key.bytes, bytes.subarray(WRAP_OFFSET, BODY_OFFSET), wrapData(header, place), place);
}

function encrypt(key: Uint8Array, plaintext: Uint8Array, additionalData: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealed: Buffer, additionalData: Uint8Array, place: SealedPlace): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    throw new SealedValueError('damaged', `${place.table}.${place.column} of row ${place.rowId} was altered or moved`);
  }
}

function headerOf(keyId: string): Buffer {
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(keyId, 'hex')]);
}

function placeData(place: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, place.table, place.rowId, place.column]), 'utf8');
}

function wrapData(header: Uint8Array, place: SealedPlace): Buffer {
  return Buffer.concat([header, placeData(place)]);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
