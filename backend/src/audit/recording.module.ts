import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { REQUEST_LOG_QUEUE } from '../queue/queue-names.js';
import { RequestLogQueue } from './request-log.queue.js';
import { RequestLogRecorder } from './request-log.recorder.js';

/** The gateway's side of the request log. */
@Module({
  imports: [BullModule.registerQueue({ name: REQUEST_LOG_QUEUE })],
  providers: [RequestLogQueue, RequestLogRecorder],
  exports: [RequestLogRecorder],
})
export class RecordingModule {}
