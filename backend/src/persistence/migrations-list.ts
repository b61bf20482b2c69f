import type { MigrationObject } from '@mikro-orm/core';
import { Initial } from './migrations/2026-11-24-initial.js';
import { RequestLog } from './migrations/2026-11-24-request-log.js';

/** All migrations, oldest first. Named here, not found by a glob, so that the compiled program and the tests run the same. */
export const MIGRATIONS: MigrationObject[] = [
  { name: '2026-11-24-initial', class: Initial },
  { name: '2026-11-24-request-log', class: RequestLog },
];
