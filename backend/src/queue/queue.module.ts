import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { setDefaultBackendFactory, type QueueOptions } from 'bullmq';
import { createPatientBackend } from './queue-backend.js';

/** Schema of BullMQ's own tables; the ORM's migrations leave it alone. */
const QUEUE_SCHEMA = 'bullmq';

/** BullMQ's root: queues and processors that a module registers use this connection. */
@Module({})
export class QueueModule {
  static of(databaseUrl: string): DynamicModule {
    return { module: QueueModule, imports: [BullModule.forRoot({ connection: queueConnection(databaseUrl) })] };
  }
}

/** The one place that chooses where queues live. Timeouts are milliseconds: a silent server must not hold a caller. */
export function queueConnection(databaseUrl: string): QueueOptions['connection'] {
  setDefaultBackendFactory(createPatientBackend);
  // BullMQ types a connection as Redis's; the PostgreSQL backend reads this shape.
  return {
    connectionString: databaseUrl,
    schema: QUEUE_SCHEMA,
    migrate: true,
    max: 4,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    query_timeout: 30_000,
    application_name: 'onecli-queue',
  };
}
