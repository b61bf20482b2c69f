import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';
import type { DefaultPolicy } from '../../../libs/contracts/agents.js';
import { isUuid } from '../persistence/uuid-v7.js';
import { Project } from './project.entity.js';

/** What the gateway needs of a project. */
export interface ProjectPolicy {
  readonly revision: number;
  readonly defaultPolicy: DefaultPolicy;
}

/** A project's own settings of the request log; null follows the installation. */
export interface ProjectAuditSettings {
  readonly spoolFull: 'drop' | 'refuse' | null;
  readonly retentionDays: number | null;
}

/** Reads of projects for other parts of the program. */
@Injectable()
export class ProjectsReader {
  constructor(private readonly em: EntityManager) {}

  /** The policy revision of every project; one small query, made to be polled. */
  async revisions(): Promise<Map<string, number>> {
    const rows = await this.em
      .fork()
      .execute<{ id: string; revision: string }[]>('select id, policy_revision as revision from project');
    return new Map(rows.map(({ id, revision }) => [id, Number(revision)]));
  }

  /** Undefined when there is no such project. */
  async revision(projectId: string): Promise<number | undefined> {
    return (await this.policy(projectId))?.revision;
  }

  /** Inside the given transaction, or on its own. Undefined when there is no such project. */
  async policy(projectId: string, em: EntityManager = this.em.fork()): Promise<ProjectPolicy | undefined> {
    if (!isUuid(projectId)) return undefined;
    const project = await em.findOne(Project, { id: projectId }, { disableIdentityMap: true });
    return project === null ? undefined : { revision: project.policyRevision, defaultPolicy: project.defaultPolicy };
  }

  async auditSettings(): Promise<Map<string, ProjectAuditSettings>> {
    const projects = await this.em.fork().find(Project, {});
    return new Map(
      projects.map(({ id, auditSpoolFull, auditRetentionDays }) => [
        id,
        { spoolFull: auditSpoolFull, retentionDays: auditRetentionDays },
      ]),
    );
  }
}
