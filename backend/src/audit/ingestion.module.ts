import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { RETENTION_QUEUE } from '../queue/queue-names.js';
import { RequestLogDatabaseModule } from './request-log-database.module.js';
import { RequestLogQueueModule } from './request-log-queue.module.js';
import { RequestLogIngestion } from './request-log.ingestion.js';
import { RequestLogRetention } from './request-log.retention.js';

/** The worker's side of the request log. */
@Module({
  imports: [RequestLogDatabaseModule, RequestLogQueueModule, BullModule.registerQueue({ name: RETENTION_QUEUE })],
  providers: [RequestLogIngestion, RequestLogRetention],
})
export class IngestionModule {}
