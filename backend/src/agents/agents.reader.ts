import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';
import type { DefaultPolicy, SecretMode } from '../../../libs/contracts/agents.js';
import { Agent } from './agent.entity.js';

/** What an access token opens. A regenerated agent has two while the grace lasts. */
export interface AgentAccessToken {
  readonly tokenHash: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly projectId: string;
  /** Epoch milliseconds after which the token is refused; null: none. */
  readonly expiresAt: number | null;
}

/** What policy needs of an agent. */
export interface AgentPolicy {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly secretMode: SecretMode;
  readonly defaultPolicy: DefaultPolicy | null;
  readonly secretIds: readonly string[];
}

interface TokenRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly token_hash: string;
  readonly previous_token_hash: string | null;
  /** Epoch milliseconds as text. */
  readonly expires: string | null;
  readonly previous_expires: string | null;
}

/** Small enough that a page of rows does not hold up the exchanges that run meanwhile. */
const PAGE_SIZE = 5000;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** Reads of agents for other parts of the program. */
@Injectable()
export class AgentsReader {
  constructor(private readonly em: EntityManager) {}

  /** The access tokens of all agents of all projects. */
  async accessTokens(): Promise<AgentAccessToken[]> {
    const tokens: AgentAccessToken[] = [];
    for await (const page of this.accessTokenPages()) for (const token of page) tokens.push(token);
    return tokens;
  }

  /** The same in pages, for a reader that keeps only its own form of them; each page is one indexed query. */
  async *accessTokenPages(pageSize = PAGE_SIZE): AsyncGenerator<AgentAccessToken[]> {
    let after = LOWEST_ID;
    for (;;) {
      const rows = await this.#tokenRows('id > ? order by id limit ?', [after, pageSize]);
      if (rows.length > 0) yield rows.flatMap(toAccessTokens);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSize) return;
      after = last.id;
    }
  }

  async accessTokensOf(projectId: string): Promise<AgentAccessToken[]> {
    return (await this.#tokenRows('project_id = ?', [projectId])).flatMap(toAccessTokens);
  }

  /** All agents of a project with the secrets assigned to them, inside the given transaction or on its own. */
  async policies(projectId: string, em: EntityManager = this.em.fork()): Promise<AgentPolicy[]> {
    // Rows, not entities, as in the rules' reader.
    const agents = await em.execute<Omit<AgentPolicy, 'secretIds'>[]>(
      `select id, name, identifier, secret_mode as "secretMode", default_policy as "defaultPolicy"
       from agent where project_id = ?`,
      [projectId],
    );
    const assignments = await em.execute<{ agent_id: string; secret_id: string }[]>(
      'select agent_id, secret_id from agent_secret where project_id = ?',
      [projectId],
    );
    const secretIds = Map.groupBy(assignments, (assignment) => assignment.agent_id);
    return agents.map((agent) => ({
      ...agent,
      secretIds: (secretIds.get(agent.id) ?? []).map((assignment) => assignment.secret_id),
    }));
  }

  /** Whether somebody made an agent; the default one makes itself. */
  async exists(projectId: string): Promise<boolean> {
    return (await this.em.fork().count(Agent, { projectId, isDefault: false })) > 0;
  }

  async #tokenRows(where: string, parameters: readonly unknown[]): Promise<TokenRow[]> {
    return this.em.fork().execute<TokenRow[]>(
      `select id, project_id, name, token_hash, previous_token_hash,
         floor(extract(epoch from expires_at) * 1000)::text as expires,
         floor(extract(epoch from previous_token_expires_at) * 1000)::text as previous_expires
       from agent where ${where}`,
      [...parameters],
    );
  }
}

function toAccessTokens(row: TokenRow): AgentAccessToken[] {
  const expiresAt = row.expires === null ? null : Number(row.expires);
  const of = { agentId: row.id, agentName: row.name, projectId: row.project_id };
  const current = { tokenHash: row.token_hash, ...of, expiresAt };
  if (row.previous_token_hash === null || row.previous_expires === null) return [current];
  // The grace never outlives the agent.
  const graceEnd = Math.min(Number(row.previous_expires), expiresAt ?? Infinity);
  return graceEnd <= Date.now()
    ? [current]
    : [current, { tokenHash: row.previous_token_hash, ...of, expiresAt: graceEnd }];
}
