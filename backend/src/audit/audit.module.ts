import { Module } from '@nestjs/common';
import { RequestLogDatabaseModule } from './request-log-database.module.js';
import { RequestLogFeed } from './request-log.feed.js';
import { RequestLogReader } from './request-log.reader.js';
import { UsageReader } from './usage.reader.js';

/** What reads the request log. */
@Module({
  imports: [RequestLogDatabaseModule],
  providers: [RequestLogReader, RequestLogFeed, UsageReader],
  exports: [RequestLogReader, RequestLogFeed, UsageReader],
})
export class AuditModule {}
