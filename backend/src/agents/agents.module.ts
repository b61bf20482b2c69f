import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AuditEventModule } from '../audit/audit-event.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AgentChanges } from './agent-changes.js';
import { Agent, AgentSecret } from './agent.entity.js';
import { AgentsReader } from './agents.reader.js';
import { AgentsService } from './agents.service.js';

@Module({
  imports: [MikroOrmModule.forFeature([Agent, AgentSecret]), AuditEventModule, AuditModule],
  providers: [AgentsService, AgentChanges, AgentsReader],
  exports: [AgentsService, AgentsReader],
})
export class AgentsModule {}
