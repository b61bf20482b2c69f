import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { uuidV7 } from '../../backend/src/persistence/uuid-v7.js';
import { encodeBatch } from '../../backend/src/audit/spool-format.js';
import type { RequestLogEntry } from '../../backend/src/audit/request-log.entry.js';
import type { Bench } from '../bench.js';
import { median } from '../cpu-per-request.js';
import { type Figure, ms } from '../figure.js';
import type { Gateway } from '../gateway.js';

const SEGMENT_ENTRIES = 5000;
const POLL_MS = 25;
const ASKED_TIMES = 5;
const FILLED_AT_ONCE = 250_000;
const AGENTS = 20;
const HOSTS = 50;

/** A spool full of entries, and how fast one worker takes them into PostgreSQL. */
export async function ingestion(bench: Bench): Promise<Figure[]> {
  const count = bench.options.quick ? 30_000 : 300_000;
  const gateway = bench.unstarted();
  await gateway.start();
  const [project] = await gateway.withDatabase(async (database) =>
    rowsOf<{ id: string }>(database, 'select id from project'),
  );
  await gateway.stop();
  fillSpool(join(gateway.dataDir, 'spool'), count, project?.id ?? '');
  await gateway.start();
  const perSecond = await gateway.withDatabase((database) => rateOf(database, count));
  await gateway.stop();
  return [
    {
      figure: `audit ingestion of ${count.toLocaleString('en')} entries, one worker`,
      measured: `${perSecond.toFixed(0)} entries/s`,
      against: '',
      target: '≥ 20,000/s',
      met: perSecond >= 20_000,
    },
  ];
}

/** From the first entries that are stored to the last. */
async function rateOf(database: Client, count: number): Promise<number> {
  let first: { at: number; stored: number } | undefined;
  for (;;) {
    const [{ stored } = { stored: 0 }] = await rowsOf<{ stored: number }>(
      database,
      'select count(*)::integer as stored from request_log',
    );
    const at = performance.now();
    if (stored > 0) first ??= { at, stored };
    if (first !== undefined && stored >= count) return ((stored - first.stored) * 1000) / (at - first.at);
    await pause(POLL_MS);
  }
}

/** A spool as a process leaves it that ended in order before it could pass its entries on. */
function fillSpool(root: string, count: number, projectId: string): void {
  const directory = join(root, 'ended~bench');
  mkdirSync(directory, { recursive: true });
  const agents = Array.from({ length: AGENTS }, () => uuidV7());
  for (let made = 0; made < count; made += SEGMENT_ENTRIES) {
    const entries = Array.from({ length: Math.min(SEGMENT_ENTRIES, count - made) }, (_, index) =>
      entry(made + index, projectId, agents),
    );
    const batches: Buffer[] = [];
    for (let at = 0; at < entries.length;) {
      const batch = encodeBatch(entries, at);
      batches.push(batch.bytes);
      at += batch.count;
    }
    const name = `${Date.now().toString().padStart(15, '0')}-${made.toString().padStart(9, '0')}-00000000.spool`;
    writeFileSync(join(directory, name), Buffer.concat(batches));
  }
  writeFileSync(join(directory, 'lease'), JSON.stringify({ released: true }));
}

function entry(index: number, projectId: string, agents: readonly string[]): RequestLogEntry {
  const agent = index % AGENTS;
  return {
    ...{ id: uuidV7(), projectId, at: Date.now(), agentId: agents[agent] ?? null, agentName: `Agent ${agent}` },
    ...{
      method: 'GET',
      scheme: 'https',
      host: `api-${index % HOSTS}.example.com`,
      port: 443,
      path: `/v1/items/${index}`,
    },
    ...{ decision: 'allowed', refusal: null, ruleIds: [], ruleNames: [], secretIds: [projectId], secretNames: ['Key'] },
    ...{ outrankedSecretNames: [], status: 200, bytesUp: 0, bytesDown: 1024, durationMs: 12.345 },
    ...{ timings: { auth: 0.02, decide: 0.03, connect: 0.1, firstByte: 11.9 }, upstreamAddress: '127.0.0.1' },
    ...{ clientAddress: '127.0.0.1', replica: 'bench', protocol: 'https' },
  };
}

/** The first page of each list and filter that the console has, with a long history. */
export async function history(bench: Bench): Promise<Figure[]> {
  const { logRows } = bench.options;
  const gateway = await bench.gateway();
  const filters = await gateway.withDatabase((database) => fillLog(database, logRows));
  const slowest = { filter: '', time: 0 };
  for (const [filter, query] of Object.entries(filters)) {
    const time = await timeOf(gateway, `/v1/requests?limit=50${query}`);
    if (time > slowest.time) Object.assign(slowest, { filter, time });
  }
  await gateway.stop();
  return [
    {
      figure: `request log with ${logRows.toLocaleString('en')} rows: first page of ${Object.keys(filters).length} filters`,
      measured: `the slowest, by ${slowest.filter}: ${ms(slowest.time)}`,
      against: '',
      target: '≤ 100 ms',
      met: slowest.time <= 100,
    },
  ];
}

async function timeOf(gateway: Gateway, path: string): Promise<number> {
  const times: number[] = [];
  for (let asked = 0; asked < ASKED_TIMES; asked += 1) {
    const started = performance.now();
    await gateway.call('GET', path);
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Thirty days of history. Answers what to ask for, by filter: what is common, what is rare, and what is not there at all. */
async function fillLog(database: Client, rows: number): Promise<Record<string, string>> {
  const [project] = await rowsOf<{ id: string }>(database, 'select id from project');
  for (let from = 0; from < rows; from += FILLED_AT_ONCE) {
    const to = Math.min(rows, from + FILLED_AT_ONCE) - 1;
    await database.query(FILL, [project?.id, from, to, rows]);
  }
  await database.query('analyze request_log');
  const [rare] = await rowsOf<{ agent: string; secret: string; rule: string; id: string; day: Date }>(
    database,
    `select agent_id as agent, secret_ids[1] as secret, rule_ids[1] as rule, id, at as day
     from request_log where cardinality(rule_ids) > 0 and cardinality(secret_ids) > 0 order by at limit 1`,
  );
  const day = rare?.day.toISOString() ?? '';
  return {
    'no filter': '',
    ...{ agent: `&agentId=${rare?.agent}`, host: '&host=api-7.example.com', 'absent host': '&host=absent.example.com' },
    ...{
      method: '&method=DELETE',
      decision: '&decision=blocked',
      status: '&status=503',
      'absent status': '&status=418',
    },
    ...{ secret: `&secretId=${rare?.secret}`, rule: `&ruleId=${rare?.rule}`, 'absent rule': `&ruleId=${uuidV7()}` },
    ...{ time: `&to=${day}`, text: '&q=items/77', id: `&q=${rare?.id}`, 'absent text': '&q=nowhere-to-be-found' },
    'agent, host and decision': `&agentId=${rare?.agent}&host=api-7.example.com&decision=blocked`,
  };
}

/** Ids carry their row's time, as UUIDv7 does. Agents, secrets and rules are told apart by the last digits of theirs. */
const FILL = `
insert into request_log (id, project_id, at, agent_id, agent_name, method, scheme, host, port, path, decision, refusal,
  rule_ids, rule_names, secret_ids, secret_names, outranked_secret_names, status, bytes_up, bytes_down, duration_ms, replica, protocol)
select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8000' || lpad(to_hex(i), 12, '0'))::uuid,
  $1, at, ('00000000-0000-7000-8000-' || lpad((i % ${AGENTS})::text, 12, '0'))::uuid, 'Agent ' || i % ${AGENTS},
  (array['GET', 'POST', 'PUT', 'DELETE'])[1 + (i * 7 % 101 > 60)::int + (i * 7 % 101 > 90)::int + (i * 7 % 101 > 97)::int],
  'https', 'api-' || i % ${HOSTS} || '.example.com', 443, '/v1/items/' || i,
  case when i % 500 = 0 then 'blocked' else 'allowed' end, case when i % 500 = 0 then 'blocked_by_policy' end,
  case when i % 100 = 0 then array[('00000000-0000-7000-9000-' || lpad((i % 900)::text, 12, '0'))::uuid] else '{}' end,
  case when i % 100 = 0 then array['Rule'] else '{}' end,
  array[('00000000-0000-7000-a000-' || lpad((i % 30)::text, 12, '0'))::uuid], array['Key'], '{}',
  case when i % 5000 = 0 then 503 when i % 500 = 0 then 403 else 200 end, 0, 1024, 12.5, 'bench', 'https'
from (select i, now() - interval '30 days' * (1 - i::double precision / $4) as at
      from generate_series($2::integer, $3::integer) as i) as rows`;

async function rowsOf<T extends object>(database: Client, text: string): Promise<T[]> {
  return (await database.query<T>(text)).rows;
}
