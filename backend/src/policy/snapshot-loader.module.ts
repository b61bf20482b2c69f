import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { RulesModule } from '../rules/rules.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SnapshotLoader } from './snapshot-loader.js';

@Module({
  imports: [ProjectsModule, AgentsModule, RulesModule, SecretsModule],
  providers: [SnapshotLoader],
  exports: [SnapshotLoader],
})
export class SnapshotLoaderModule {}
