import { Module } from '@nestjs/common';
import { RequestLogQueueModule } from './request-log-queue.module.js';
import { RequestLogRecorder } from './request-log.recorder.js';

/** The gateway's side of the request log. */
@Module({ imports: [RequestLogQueueModule], providers: [RequestLogRecorder], exports: [RequestLogRecorder] })
export class RecordingModule {}
