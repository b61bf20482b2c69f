import { Injectable } from '@nestjs/common';
import { EntityManager, IsolationLevel } from '@mikro-orm/postgresql';
import { AgentsReader } from '../agents/agents.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { RulesReader } from '../rules/rules.reader.js';
import { SecretsReader } from '../secrets/secrets.reader.js';
import type { PolicyRecords } from './snapshot.js';

/** Reads one project's policy at one revision. */
@Injectable()
export class SnapshotLoader {
  constructor(
    private readonly em: EntityManager,
    private readonly projects: ProjectsReader,
    private readonly agents: AgentsReader,
    private readonly rules: RulesReader,
    private readonly secrets: SecretsReader,
  ) {}

  /** Undefined when there is no such project. All rows are of one moment: the revision says which. */
  async load(projectId: string): Promise<PolicyRecords | undefined> {
    return this.em.fork().transactional(
      async (em) => {
        const project = await this.projects.policy(projectId, em);
        if (project === undefined) return undefined;
        return {
          projectId,
          ...project,
          agents: await this.agents.policies(projectId, em),
          rules: await this.rules.enabled(projectId, em),
          secrets: await this.secrets.sealed(projectId, em),
        };
      },
      { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
    );
  }
}
