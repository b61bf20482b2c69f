import { Injectable } from '@nestjs/common';
import { EntityManager, ForeignKeyConstraintViolationException, LockMode } from '@mikro-orm/postgresql';
import type { CreateRuleBody, RuleView, UpdateRuleBody } from '../../../libs/contracts/rules.js';
import type { Actor, AuditedState, AuditEventDraft, AuditEventKind } from '../audit/audit-event.js';
import { AuditedChanges, type AuditedChange } from '../audit/audited-changes.js';
import { DomainError } from '../persistence/domain-error.js';
import { expectVersion } from '../persistence/row-version.js';
import { isUuid, uuidV7 } from '../persistence/uuid-v7.js';
import { changedContent, noSuchAgent, ruleContent } from './rule-content.js';
import { Rule } from './rule.entity.js';
import { auditedRule, toRuleView } from './rule.view.js';

/** Use cases on rules. Throws DomainError NOT_FOUND, VALIDATION, STALE_VERSION. */
@Injectable()
export class RulesService {
  constructor(
    private readonly em: EntityManager,
    private readonly changes: AuditedChanges,
  ) {}

  /** All rules of a project, oldest first; their order decides nothing. */
  async list(projectId: string): Promise<RuleView[]> {
    const rules = await this.em.fork().find(Rule, { projectId }, { orderBy: { createdAt: 'asc', id: 'asc' } });
    return rules.map(toRuleView);
  }

  async get(projectId: string, id: string): Promise<RuleView> {
    const rule = isUuid(id) ? await this.em.fork().findOne(Rule, { projectId, id }) : null;
    if (rule === null) throw notFound();
    return toRuleView(rule);
  }

  async create(actor: Actor, projectId: string, body: CreateRuleBody): Promise<RuleView> {
    const now = new Date();
    const rule = Object.assign(new Rule(), {
      id: uuidV7(),
      projectId,
      ...ruleContent(body),
      createdAt: now,
      updatedAt: now,
      version: 1,
    });
    return this.#run(actor, projectId, (em) => {
      em.persist(rule);
      return Promise.resolve({ result: rule, event: event('rule.created', rule, null, auditedRule(rule)) });
    });
  }

  async update(
    actor: Actor,
    projectId: string,
    id: string,
    body: UpdateRuleBody,
    expectedVersion?: string,
  ): Promise<RuleView> {
    return this.#run(actor, projectId, async (em) => {
      const rule = await locked(em, projectId, id);
      expectVersion(rule, expectedVersion);
      const before = auditedRule(rule);
      Object.assign(rule, changedContent(rule, body));
      const after = auditedRule(rule);
      if (JSON.stringify(before) === JSON.stringify(after)) return { result: rule };
      rule.updatedAt = new Date();
      rule.version += 1;
      return { result: rule, event: event('rule.updated', rule, before, after) };
    });
  }

  async remove(actor: Actor, projectId: string, id: string, expectedVersion?: string): Promise<void> {
    await this.#run(actor, projectId, async (em) => {
      const rule = await locked(em, projectId, id);
      expectVersion(rule, expectedVersion);
      em.remove(rule);
      return { result: rule, event: event('rule.deleted', rule, auditedRule(rule), null) };
    });
  }

  /** The foreign key refuses an agent of another project, which no earlier look could rule out as surely. */
  async #run(
    actor: Actor,
    projectId: string,
    change: (em: EntityManager) => Promise<AuditedChange<Rule>>,
  ): Promise<RuleView> {
    try {
      return toRuleView(await this.changes.run(actor, projectId, change));
    } catch (error) {
      throw error instanceof ForeignKeyConstraintViolationException ? noSuchAgent() : error;
    }
  }
}

async function locked(em: EntityManager, projectId: string, id: string): Promise<Rule> {
  const rule = isUuid(id) ? await em.findOne(Rule, { projectId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (rule === null) throw notFound();
  return rule;
}

function event(
  kind: AuditEventKind,
  rule: Rule,
  before: AuditedState | null,
  after: AuditedState | null,
): AuditEventDraft {
  return { kind, entity: 'rule', entityId: rule.id, entityName: rule.name, before, after };
}

function notFound(): DomainError {
  return new DomainError('NOT_FOUND', 'There is no such rule.');
}
