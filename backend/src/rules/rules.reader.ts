import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';
import type { RateLimitWindow, RuleAction } from '../../../libs/contracts/rules.js';
import { Rule } from './rule.entity.js';

/** What policy needs of a rule. */
export interface StoredRule {
  readonly id: string;
  readonly name: string;
  readonly hostPattern: string;
  readonly pathPattern: string | null;
  readonly method: string | null;
  readonly agentId: string | null;
  readonly action: RuleAction;
  readonly rateLimit: number | null;
  readonly rateLimitWindow: RateLimitWindow | null;
}

/** Reads of rules for other parts of the program. */
@Injectable()
export class RulesReader {
  constructor(private readonly em: EntityManager) {}

  /** The enabled rules of a project, inside the given transaction or on its own. */
  async enabled(projectId: string, em: EntityManager = this.em.fork()): Promise<StoredRule[]> {
    // Rows, not entities: making ten thousand entities holds the gateway up for 0.2 s at each change of its policy.
    return em.execute<StoredRule[]>(
      `select id, name, host_pattern as "hostPattern", path_pattern as "pathPattern", method, agent_id as "agentId",
         action, rate_limit as "rateLimit", rate_limit_window as "rateLimitWindow"
       from rule where project_id = ? and enabled`,
      [projectId],
    );
  }

  async exists(projectId: string): Promise<boolean> {
    return (await this.em.fork().count(Rule, { projectId })) > 0;
  }
}
