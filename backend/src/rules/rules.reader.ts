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
    const rules = await em.find(Rule, { projectId, enabled: true }, { disableIdentityMap: true });
    return rules.map(({ id, name, hostPattern, pathPattern, method, agentId, action, rateLimit, rateLimitWindow }) => ({
      id,
      name,
      hostPattern,
      pathPattern,
      method,
      agentId,
      action,
      rateLimit,
      rateLimitWindow,
    }));
  }

  async exists(projectId: string): Promise<boolean> {
    return (await this.em.fork().count(Rule, { projectId })) > 0;
  }
}
