import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { REQUEST_LOG_QUEUE } from '../queue/queue-names.js';
import { RequestLogQueue } from './request-log.queue.js';

/** One queue object in a process that records and ingests: each has connections of its own. */
@Module({
  imports: [BullModule.registerQueue({ name: REQUEST_LOG_QUEUE })],
  providers: [RequestLogQueue],
  exports: [RequestLogQueue],
})
export class RequestLogQueueModule {}
