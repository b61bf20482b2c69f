import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import type { PolicyEvaluationView } from '../../../../libs/contracts/policy.js';
import { DomainError } from '../../persistence/domain-error.js';
import { explain } from '../../policy/explain.js';
import { SnapshotLoader } from '../../policy/snapshot-loader.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { EvaluatePolicyDto } from './dto/policy.dto.js';

@Controller('v1/policy/evaluate')
export class PolicyEvaluationController {
  constructor(private readonly loader: SnapshotLoader) {}

  /** What the gateway would decide. Sends nothing, counts nothing, opens no secret. */
  @Post()
  @HttpCode(200)
  @Permission('policy:read')
  async evaluate(@CalledBy() { projectId }: Caller, @Body() body: EvaluatePolicyDto): Promise<PolicyEvaluationView> {
    const records = await this.loader.load(projectId);
    if (records?.agents.some((agent) => agent.id === body.agentId) !== true) {
      throw DomainError.invalid({ path: 'agentId', message: 'there is no agent with this id' });
    }
    return explain(records, body);
  }
}
