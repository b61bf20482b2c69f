import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgentsService } from '../agents/agents.service.js';
import { ProjectsService } from '../projects/projects.service.js';

/** Makes what every installation has, before any port is open: a project, and an agent in it. Changes nothing later on. */
@Injectable()
export class FirstRun implements OnModuleInit {
  constructor(
    private readonly projects: ProjectsService,
    private readonly agents: AgentsService,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.projects.ensureDefaults();
    await this.agents.ensureDefaults();
  }
}
