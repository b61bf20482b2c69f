import { Injectable } from '@nestjs/common';
import type { CompiledSecret } from '../../policy/compiled-policy.js';
import { SecretVault } from '../../secrets/secret-vault.js';
import type { RequestTarget } from '../listener/request-target.js';
import { inject, type InjectedRequest } from './inject.js';

/** Opens the selected secrets and puts them in their places. The only stage that holds a value in clear. */
@Injectable()
export class Injector {
  constructor(private readonly vault: SecretVault) {}

  /** `fields`: the request's end-to-end fields, flat. Throws when a value cannot be opened or must not be sent. */
  inject(secrets: readonly CompiledSecret[], fields: string[], target: RequestTarget): InjectedRequest {
    if (secrets.length === 0) return { fields, pathAndQuery: target.pathAndQuery };
    const opened = secrets.map((secret) => ({
      secret,
      value: this.vault.open(secret.id, secret.sealedValue),
    }));
    return inject({ fields, pathAndQuery: target.pathAndQuery }, opened, target.scheme);
  }
}
