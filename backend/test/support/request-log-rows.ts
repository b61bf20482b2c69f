import { Client } from 'pg';
import type { RequestLogEntry } from '../../src/audit/request-log.entry.js';
import { STORE_ENTRIES } from '../../src/audit/request-log.insert.js';
import { uuidV7 } from '../../src/persistence/uuid-v7.js';

/** An allowed GET of api.example.com that began at `at`, unless told otherwise. */
export function anEntry(overrides: Partial<RequestLogEntry> = {}): RequestLogEntry {
  const at = overrides.at ?? Date.now();
  return {
    id: uuidV7(at),
    projectId: null,
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
    bytesUp: 10,
    bytesDown: 20,
    durationMs: 5,
    timings: { auth: 0.1, decide: 0.2, connect: 1.5, firstByte: 3.25 },
    upstreamAddress: '203.0.113.9',
    clientAddress: '127.0.0.1',
    replica: 'test',
    protocol: 'https',
    ...overrides,
  };
}

/** Stores entries as the ingestion worker does, in one statement that also tells who listens. */
export async function storeEntries(databaseUrl: string, entries: readonly RequestLogEntry[]): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(STORE_ENTRIES, [JSON.stringify(entries)]);
  } finally {
    await client.end();
  }
}
