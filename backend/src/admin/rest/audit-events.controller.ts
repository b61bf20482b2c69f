import { Controller, Get, Query } from '@nestjs/common';
import type { AuditEventView } from '../../../../libs/contracts/audit-events.js';
import type { Page } from '../../../../libs/contracts/paging.js';
import { AuditEventsReader } from '../../audit/audit-event.reader.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { AuditEventPageDto } from './dto/audit-events.dto.js';

@Controller('v1/audit-events')
export class AuditEventsController {
  constructor(private readonly events: AuditEventsReader) {}

  @Get()
  @Permission('audit:read')
  list(@CalledBy() caller: Caller, @Query() page: AuditEventPageDto): Promise<Page<AuditEventView>> {
    return this.events.list(caller.projectId, page);
  }
}
