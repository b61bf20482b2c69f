import { createHash } from 'node:crypto';

const KEY_BYTES = 32;

/** A key-encryption key and the id that sealed values carry: the first 8 bytes of SHA-256 over the key, in hex. */
export interface KeyEncryptionKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The current key seals; all keys open. The order of the previous ones does not matter. */
export class KeyRing {
  readonly current: KeyEncryptionKey;
  readonly #byId: ReadonlyMap<string, KeyEncryptionKey>;

  private constructor(keys: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]]) {
    this.current = keys[0];
    this.#byId = new Map(keys.map((key) => [key.id, key]));
  }

  /**
   * From the value of `SECRET_ENCRYPTION_KEY`: one or more keys separated by commas, each 32 bytes in base64 or hex; the
   * first one seals. Throws an Error whose message says what is wrong without repeating any of the text.
   */
  static parse(text: string): KeyRing {
    const [first, ...others] = text
      .split(',')
      .map((part) => part.trim())
      .map(parseKey);
    if (first === undefined) throw new Error('SECRET_ENCRYPTION_KEY is empty');
    return new KeyRing([first, ...others]);
  }

  /** The key with that id, or undefined: the value was sealed with a key that this process was not given. */
  find(id: string): KeyEncryptionKey | undefined {
    return this.#byId.get(id);
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }
}

function parseKey(text: string, index: number): KeyEncryptionKey {
  const bytes = /^[0-9a-f]{64}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
      ? Buffer.from(text, 'base64')
      : undefined;
  if (bytes?.length !== KEY_BYTES) {
    throw new Error(
      `SECRET_ENCRYPTION_KEY: key ${index + 1} is not 32 bytes in base64 or hex; \`openssl rand -base64 32\` makes one`,
    );
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes };
}
