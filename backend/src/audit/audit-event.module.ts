import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { PolicyChangesModule } from '../policy-changes/policy-changes.module.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditEventsReader } from './audit-event.reader.js';
import { AuditEvents } from './audit-events.js';
import { AuditedChanges } from './audited-changes.js';

@Module({
  imports: [MikroOrmModule.forFeature([AuditEvent]), PolicyChangesModule],
  providers: [AuditEvents, AuditEventsReader, AuditedChanges],
  exports: [AuditEvents, AuditEventsReader, AuditedChanges],
})
export class AuditEventModule {}
