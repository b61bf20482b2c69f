import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AuditEventModule } from '../audit/audit-event.module.js';
import { RateLimitCountRow } from './rate-limit-count.entity.js';
import { RateLimitCounts } from './rate-limit-counts.js';
import { Rule } from './rule.entity.js';
import { RulesReader } from './rules.reader.js';
import { RulesService } from './rules.service.js';

@Module({
  imports: [MikroOrmModule.forFeature([Rule, RateLimitCountRow]), AuditEventModule],
  providers: [RulesService, RulesReader, RateLimitCounts],
  exports: [RulesService, RulesReader, RateLimitCounts],
})
export class RulesModule {}
