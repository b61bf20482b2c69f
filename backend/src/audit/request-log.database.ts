import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { CONFIG, type Config } from '../config/config.js';
import { LOGGER, type Logger } from '../logging/logger.js';

/**
 * Connections of their own for the request log: a long export or a burst of batches must not starve the use cases that
 * work through the ORM.
 */
@Injectable()
export class RequestLogDatabase implements OnApplicationShutdown {
  readonly pool: pg.Pool;

  constructor(@Inject(CONFIG) config: Config, @Inject(LOGGER) logger: Logger) {
    this.pool = new pg.Pool({
      connectionString: config.database.url,
      max: 4,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      application_name: 'onecli-request-log',
    });
    // An idle connection that drops is replaced at the next query; without a listener it would end the process.
    this.pool.on('error', (error) => logger.warn({ reason: error.message }, 'a request log connection was lost'));
  }

  async rows<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const result = await this.pool.query<Row & pg.QueryResultRow>(text, [...values]);
    return result.rows;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
