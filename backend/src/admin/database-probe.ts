import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { EntityManager } from '@mikro-orm/postgresql';

const PROBE_MS = 2000;

/** Asks the database whether it is there. */
@Injectable()
export class DatabaseProbe {
  constructor(private readonly em: EntityManager) {}

  /** How long an answer took, in milliseconds to three decimals; undefined: none within two seconds. */
  async latency(): Promise<number | undefined> {
    const start = performance.now();
    const timer = new AbortController();
    const answer = this.em
      .getConnection()
      .execute('select 1')
      .then(
        () => true,
        () => false,
      );
    const inTime = await Promise.race([
      answer,
      setTimeout(PROBE_MS, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    return inTime ? Math.round((performance.now() - start) * 1000) / 1000 : undefined;
  }
}
