import { Body, Controller, Get, Patch } from '@nestjs/common';
import type { PolicyStatusView } from '../../../../libs/contracts/policy.js';
import { DomainError } from '../../persistence/domain-error.js';
import { ServedRevisions } from '../../policy/served-revisions.js';
import { ProjectsReader } from '../../projects/projects.reader.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { IfMatch } from '../http/if-match.js';
import { DefaultPolicyDto } from './dto/policy.dto.js';

@Controller('v1/policy')
export class PolicyController {
  constructor(
    private readonly projects: ProjectsService,
    private readonly revisions: ProjectsReader,
    private readonly served: ServedRevisions,
  ) {}

  /** What is stored, and what each replica serves: equal once a change is in force. */
  @Get('status')
  @Permission('policy:read')
  async status(@CalledBy() { projectId }: Caller): Promise<PolicyStatusView> {
    const policy = await this.revisions.policy(projectId);
    if (policy === undefined) throw new DomainError('NOT_FOUND', 'There is no project with this id.');
    return { ...policy, replicas: this.served.of(projectId) };
  }

  @Patch('default')
  @Permission('policy:write')
  async setDefault(
    @CalledBy() caller: Caller,
    @Body() body: DefaultPolicyDto,
    @IfMatch() version?: string,
  ): Promise<PolicyStatusView> {
    await this.projects.setDefaultPolicy(caller.actor, caller.projectId, body.defaultPolicy, version);
    return this.status(caller);
  }
}
