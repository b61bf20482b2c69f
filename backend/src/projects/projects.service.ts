import { Injectable } from '@nestjs/common';
import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import type { DefaultPolicy } from '../../../libs/contracts/agents.js';
import { SYSTEM_ACTOR, type Actor } from '../audit/audit-event.js';
import { AuditedChanges } from '../audit/audited-changes.js';
import { AuditEvents } from '../audit/audit-events.js';
import { DomainError } from '../persistence/domain-error.js';
import { expectVersion } from '../persistence/row-version.js';
import { isUuid, uuidV7 } from '../persistence/uuid-v7.js';
import { Project } from './project.entity.js';
import { toProjectView, type ProjectView } from './project.view.js';

const DEFAULT_NAME = 'Default';

/** Use cases on projects. Throws DomainError NOT_FOUND, STALE_VERSION. */
@Injectable()
export class ProjectsService {
  constructor(
    private readonly em: EntityManager,
    private readonly changes: AuditedChanges,
    private readonly auditEvents: AuditEvents,
  ) {}

  /** Makes the default project on the first run; afterwards only answers its id. Several processes may start at once. */
  async ensureDefaults(): Promise<string> {
    return this.em.fork().transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('default project'))");
      const [found] = await em.find(Project, {}, { orderBy: { createdAt: 'asc', id: 'asc' }, limit: 1 });
      if (found !== undefined) return found.id;
      const project = newProject(DEFAULT_NAME);
      em.persist(project);
      await this.auditEvents.record(em, project.id, SYSTEM_ACTOR, {
        kind: 'project.created',
        entity: 'project',
        entityId: project.id,
        entityName: project.name,
        before: null,
        after: audited(project),
      });
      return project.id;
    });
  }

  /** The first project. Throws NOT_FOUND before {@link ensureDefaults}. */
  async default(): Promise<ProjectView> {
    const [project] = await this.em.fork().find(Project, {}, { orderBy: { createdAt: 'asc', id: 'asc' }, limit: 1 });
    if (project === undefined) throw notFound();
    return toProjectView(project);
  }

  async get(projectId: string): Promise<ProjectView> {
    const project = isUuid(projectId) ? await this.em.fork().findOne(Project, { id: projectId }) : null;
    if (project === null) throw notFound();
    return toProjectView(project);
  }

  /** What happens to a request that no rule matches. */
  async setDefaultPolicy(
    actor: Actor,
    projectId: string,
    defaultPolicy: DefaultPolicy,
    expectedVersion?: string,
  ): Promise<ProjectView> {
    return this.changes.run(actor, projectId, async (em) => {
      const project = await em.findOne(Project, { id: projectId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (project === null) throw notFound();
      expectVersion(project, expectedVersion);
      if (project.defaultPolicy === defaultPolicy) return { result: toProjectView(project) };
      const before = audited(project);
      project.defaultPolicy = defaultPolicy;
      project.version += 1;
      return {
        result: toProjectView(project),
        event: {
          kind: 'project.updated',
          entity: 'project',
          entityId: project.id,
          entityName: project.name,
          before,
          after: audited(project),
        },
      };
    });
  }
}

function newProject(name: string): Project {
  return Object.assign(new Project(), {
    id: uuidV7(),
    name,
    defaultPolicy: 'allow' as const,
    policyRevision: 1,
    auditSpoolFull: null,
    auditRetentionDays: null,
    createdAt: new Date(),
    version: 1,
  });
}

function audited({ name, defaultPolicy }: Project): Readonly<Record<string, unknown>> {
  return { name, defaultPolicy };
}

function notFound(): DomainError {
  return new DomainError('NOT_FOUND', 'There is no such project.');
}
