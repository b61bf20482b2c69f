import { Controller, Get, Headers, Inject } from '@nestjs/common';
import type { SystemView } from '../../../../libs/contracts/system.js';
import { RootAuthority } from '../../authority/root-authority.js';
import { CONFIG, type Config } from '../../config/config.js';
import { ServedRevisions } from '../../policy/served-revisions.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { DatabaseProbe } from '../database-probe.js';
import { FirstSteps } from '../first-steps.js';
import { gatewayUrlFor } from '../gateway-address.js';
import { programVersion } from '../version.js';

@Controller('v1/system')
export class SystemController {
  readonly #version = programVersion();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly projects: ProjectsService,
    private readonly database: DatabaseProbe,
    private readonly authority: RootAuthority,
    private readonly served: ServedRevisions,
    private readonly firstSteps: FirstSteps,
  ) {}

  @Get()
  @Permission('system:read')
  async get(@CalledBy() { projectId }: Caller, @Headers('host') host: string | undefined): Promise<SystemView> {
    const [latency, project, firstSteps] = await Promise.all([
      this.database.latency(),
      this.projects.get(projectId),
      this.firstSteps.of(projectId),
    ]);
    const { fingerprint256, notAfter } = this.authority.current();
    return {
      version: this.#version,
      mode: 'single-user',
      projectId,
      projectName: project.name,
      gatewayUrl: gatewayUrlFor(this.config, host),
      database: { ok: latency !== undefined, latencyMs: latency ?? null },
      replicas: this.served.of(projectId),
      rootCertificate: { fingerprint256, notAfter: notAfter.toISOString() },
      firstSteps,
    };
  }
}
