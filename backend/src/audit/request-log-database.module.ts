import { Module } from '@nestjs/common';
import { RequestLogDatabase } from './request-log.database.js';

/** One pool for all that reads and writes the request log in this process. */
@Module({ providers: [RequestLogDatabase], exports: [RequestLogDatabase] })
export class RequestLogDatabaseModule {}
