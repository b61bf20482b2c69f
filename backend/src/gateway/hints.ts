import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import type { PolicySnapshot } from '../policy/compiled-policy.js';
import type { DecidableRequest } from '../policy/decidable-request.js';
import { credentialHint } from '../policy/select-injections.js';
import type { Exchange } from './exchange.js';

const NONE: readonly string[] = [];

/** Two fields added to an upstream's own 401 or 403 when no secret was injected: what is missing, and where to mend it. */
@Injectable()
export class Hints {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  fieldsFor(
    status: number,
    exchange: Exchange,
    snapshot: PolicySnapshot,
    request: DecidableRequest,
  ): readonly string[] {
    if ((status !== 401 && status !== 403) || exchange.secretIds.length > 0 || exchange.identity === undefined)
      return NONE;
    const hint = credentialHint(snapshot, exchange.identity.agentId, request);
    const url = `${this.config.admin.publicUrl}/activity?q=${exchange.id}`;
    return ['X-OneCLI-Hint', hint, 'X-OneCLI-Hint-Url', url];
  }
}
