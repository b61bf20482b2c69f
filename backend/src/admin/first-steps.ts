import { Injectable } from '@nestjs/common';
import type { SystemView } from '../../../libs/contracts/system.js';
import { AgentsReader } from '../agents/agents.reader.js';
import { RequestLogReader } from '../audit/request-log.reader.js';
import { RulesReader } from '../rules/rules.reader.js';
import { SecretsReader } from '../secrets/secrets.reader.js';

/** Which of the first steps a project has taken, from facts in the database. */
@Injectable()
export class FirstSteps {
  constructor(
    private readonly agents: AgentsReader,
    private readonly secrets: SecretsReader,
    private readonly rules: RulesReader,
    private readonly log: RequestLogReader,
  ) {}

  async of(projectId: string): Promise<SystemView['firstSteps']> {
    const [agentCreated, secretAdded, ruleCreated, requestSeen] = await Promise.all([
      this.agents.exists(projectId),
      this.secrets.exists(projectId),
      this.rules.exists(projectId),
      this.log.hasAny(projectId),
    ]);
    return { agentCreated, secretAdded, requestSeen, ruleCreated };
  }
}
