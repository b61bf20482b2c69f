import { Injectable } from '@nestjs/common';
import { RequestLogDatabase } from './request-log.database.js';

/** When agents and secrets were last in use, as the ingestion notes it. Who never was is absent from the map. */
@Injectable()
export class UsageReader {
  constructor(private readonly database: RequestLogDatabase) {}

  agentsLastSeen(ids: readonly string[]): Promise<Map<string, Date>> {
    return this.#times(
      'select agent_id as id, last_seen_at as at from agent_usage where agent_id = any($1::uuid[])',
      ids,
    );
  }

  secretsLastUsed(ids: readonly string[]): Promise<Map<string, Date>> {
    return this.#times(
      'select secret_id as id, last_used_at as at from secret_usage where secret_id = any($1::uuid[])',
      ids,
    );
  }

  async #times(text: string, ids: readonly string[]): Promise<Map<string, Date>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.rows<{ id: string; at: Date }>(text, [ids]);
    return new Map(rows.map(({ id, at }) => [id, at]));
  }
}
