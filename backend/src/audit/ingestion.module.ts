import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { REQUEST_LOG_QUEUE, RETENTION_QUEUE } from '../queue/queue-names.js';
import { RequestLogDatabaseModule } from './request-log-database.module.js';
import { RequestLogIngestion } from './request-log.ingestion.js';
import { RequestLogRetention } from './request-log.retention.js';

/** The worker's side of the request log. */
@Module({
  imports: [
    RequestLogDatabaseModule,
    BullModule.registerQueue({ name: REQUEST_LOG_QUEUE }, { name: RETENTION_QUEUE }),
  ],
  providers: [RequestLogIngestion, RequestLogRetention],
})
export class IngestionModule {}
