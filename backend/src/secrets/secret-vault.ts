import { Injectable } from '@nestjs/common';
import { open, seal, type SealedPlace } from '../crypto/envelope.js';
import { KeyRing } from '../crypto/key-ring.js';
import { MaskedText } from '../crypto/masked-text.js';
import { SecretValue } from '../crypto/secret-value.js';

/** A value that was opened before, for the secret that it was sealed for. */
interface OpenedBefore {
  readonly secretId: string;
  readonly text: MaskedText;
}

/**
 * Seals secret values for their row and opens them again. No I/O: the gateway opens what its snapshot holds. A sealed value
 * is deciphered when a request first needs it and then kept masked for as long as the snapshot that holds it lives (ADR 4):
 * two AES-GCM decipherings for each request cost more than everything else that the gateway does to it.
 */
@Injectable()
export class SecretVault {
  readonly #opened = new WeakMap<Uint8Array, OpenedBefore>();

  constructor(private readonly keyRing: KeyRing) {}

  seal(secretId: string, value: SecretValue): Buffer {
    return seal(this.keyRing, Buffer.from(value.reveal(), 'utf8'), place(secretId));
  }

  /** Throws SealedValueError when the value was sealed with another key or for another secret, or was altered. */
  open(secretId: string, sealedValue: Uint8Array): SecretValue {
    const known = this.#opened.get(sealedValue);
    if (known?.secretId === secretId) return new SecretValue(known.text.reveal());
    const text = new MaskedText(open(this.keyRing, sealedValue, place(secretId)));
    this.#opened.set(sealedValue, { secretId, text });
    return new SecretValue(text.reveal());
  }
}

function place(secretId: string): SealedPlace {
  return { table: 'secret', rowId: secretId, column: 'value' };
}
