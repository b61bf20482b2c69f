import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { AuditModule } from '../../src/audit/audit.module.js';
import { IngestionModule } from '../../src/audit/ingestion.module.js';
import { RecordingModule } from '../../src/audit/recording.module.js';
import type { RequestLogEntry } from '../../src/audit/request-log.entry.js';
import { readConfig, type Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { LoggingModule } from '../../src/logging/logging.module.js';
import { uuidV7 } from '../../src/persistence/uuid-v7.js';
import { QueueModule } from '../../src/queue/queue.module.js';

export const PROJECT = uuidV7();

/** An exchange that was allowed and answered. */
export function anEntry(changes: Partial<RequestLogEntry> = {}): RequestLogEntry {
  const at = changes.at ?? Date.now();
  return {
    id: idOf(at),
    projectId: PROJECT,
    at,
    agentId: null,
    agentName: null,
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    path: '/v1/things',
    decision: 'allowed',
    refusal: null,
    ruleIds: [],
    ruleNames: [],
    secretIds: [],
    secretNames: [],
    outrankedSecretNames: [],
    status: 200,
    bytesUp: 12,
    bytesDown: 3456,
    durationMs: 12.345,
    timings: { auth: 0.012, decide: 0.034, connect: null, firstByte: 9.875 },
    upstreamAddress: '203.0.113.7:443',
    clientAddress: '127.0.0.1',
    replica: 'here',
    protocol: 'https',
    ...changes,
  };
}

/** An exchange's id begins with its time, also of one that began long ago. */
function idOf(at: number): string {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-${uuidV7().slice(14)}`;
}

export function aDataDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'onecli-audit-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function aConfig(databaseUrl: string, dataDir: string, more: Record<string, string> = {}): Config {
  return readConfig({ DATABASE_URL: databaseUrl, ONECLI_DATA_DIR: dataDir, REPLICA_ID: 'here', ...more });
}

/** A process with the given sides of the request log; all of them by default. */
export async function startRecording(
  config: Config,
  modules: Type[] = [RecordingModule, IngestionModule, AuditModule],
  lines: string[] = [],
): Promise<INestApplicationContext> {
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const testing = await Test.createTestingModule({
    imports: [ConfigModule.of(config), LoggingModule.of(logger), QueueModule.of(config.database.url), ...modules],
  }).compile();
  return testing.init();
}

/** Waits until the condition holds; throws after the limit in milliseconds. Answers how long it took. */
export async function until(condition: () => Promise<boolean> | boolean, limit = 10_000): Promise<number> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > limit) throw new Error(`still not so after ${limit} ms`);
    await pause(5);
  }
  return performance.now() - start;
}
