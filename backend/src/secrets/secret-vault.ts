import { Injectable } from '@nestjs/common';
import { open, seal, type SealedPlace } from '../crypto/envelope.js';
import { KeyRing } from '../crypto/key-ring.js';
import { SecretValue } from '../crypto/secret-value.js';

/** Seals secret values for their row and opens them again. No I/O: the gateway opens what its snapshot holds. */
@Injectable()
export class SecretVault {
  constructor(private readonly keyRing: KeyRing) {}

  seal(secretId: string, value: SecretValue): Buffer {
    return seal(this.keyRing, Buffer.from(value.reveal(), 'utf8'), place(secretId));
  }

  /** Throws SealedValueError when the value was sealed with another key or for another secret, or was altered. */
  open(secretId: string, sealedValue: Uint8Array): SecretValue {
    const bytes = open(this.keyRing, sealedValue, place(secretId));
    const value = new SecretValue(bytes.toString('utf8'));
    bytes.fill(0);
    return value;
  }
}

function place(secretId: string): SealedPlace {
  return { table: 'secret', rowId: secretId, column: 'value' };
}
