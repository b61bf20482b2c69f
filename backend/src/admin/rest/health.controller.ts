import { Controller, Get } from '@nestjs/common';
import { Permission } from '../access/permission.js';
import { DomainError } from '../../persistence/domain-error.js';
import { DatabaseProbe } from '../database-probe.js';

/** Answers orchestrators; they say nothing about the installation. */
@Controller()
export class HealthController {
  constructor(private readonly database: DatabaseProbe) {}

  /** The process runs. */
  @Get('healthz')
  @Permission('anyone')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Calls would be answered: the database is there. 503 otherwise. */
  @Get('readyz')
  @Permission('anyone')
  async ready(): Promise<{ status: 'ok' }> {
    if ((await this.database.latency()) === undefined) {
      throw new DomainError('UNAVAILABLE', 'The database does not answer.');
    }
    return { status: 'ok' };
  }
}
