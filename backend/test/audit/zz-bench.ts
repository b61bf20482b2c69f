import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { RequestLogRecorder } from '../../src/audit/request-log.recorder.js';
import { IngestionModule } from '../../src/audit/ingestion.module.js';
import { RecordingModule } from '../../src/audit/recording.module.js';
import { aConfig, anEntry, startRecording } from './recording-app.js';
import { uuidV7 } from '../../src/persistence/uuid-v7.js';
const [url, dir, mode] = process.argv.slice(2) as [string, string, string];
const lines: string[] = [];
const agents = Array.from({ length: 20 }, () => uuidV7());
const S = uuidV7(), R = uuidV7();
let k = 0;
const mk = () => { k++; return anEntry({ agentId: agents[k % 20]!, agentName: 'agent ' + (k % 20), secretIds: [S], secretNames: ['Anthropic'], ruleIds: [R], ruleNames: ['rule'], host: `api${k % 50}.example.com`, path: '/v1/messages/' + k }); };
const mods = mode === 'rec' ? [RecordingModule] : mode === 'ing' ? [IngestionModule] : [RecordingModule, IngestionModule];
const app = await startRecording(aConfig(url, dir, { LOG_LEVEL: 'info' }), mods, lines);
const c = new pg.Client(url); await c.connect();
const count = async () => Number((await c.query('select count(*) from request_log')).rows[0].count);
if (mode !== 'ing') {
  const rec = app.get(RequestLogRecorder);
  const N = 200_000;
  const es = Array.from({ length: N }, mk);
  // append cost
  const base = await count();
  const cpu0 = process.cpuUsage(); const t0 = performance.now();
  let appendUs = 0;
  for (let i = 0; i < N; i += 2000) { const t = performance.now(); for (let j = i; j < i + 2000; j++) if (!rec.append(es[j]!)) throw new Error('drop'); appendUs += (performance.now() - t) * 1000; await pause(80); }
  await rec.flush();
  const cpu = process.cpuUsage(cpu0);
  console.log(mode, 'append us', (appendUs / N).toFixed(3), 'wall', ((performance.now() - t0) / 1000).toFixed(1), 's; process cpu us/entry', ((cpu.user + cpu.system) / N).toFixed(2));
  if (mode !== 'rec') { while ((await count()) < base + N) await pause(50); console.log('all stored after', ((performance.now() - t0) / 1000).toFixed(2), 's =', (N / (performance.now() - t0) * 1000).toFixed(0), 'entries/s; cpu us/entry', (((c) => (c.user + c.system) / N)(process.cpuUsage(cpu0))).toFixed(2)); }
  // visibility
  if (mode === 'all') { const ts: number[] = []; for (let i = 0; i < 30; i++) { await pause(37); const e = mk(); const t = performance.now(); rec.append(e); for (;;) { if ((await c.query('select 1 from request_log where id=$1', [e.id])).rowCount) break; await pause(3); } ts.push(performance.now() - t); } ts.sort((a, b) => a - b); console.log('append→visible ms p50', ts[15]!.toFixed(0), 'max', ts[29]!.toFixed(0)); }
} else {
  const start = await count(); const t0 = performance.now(); const cpu0 = process.cpuUsage(); let n = start;
  const want = start + 200_000;
  while (n < want) { await pause(50); n = await count(); }
  const cpu = process.cpuUsage(cpu0);
  console.log('ingestion alone', (200_000 / (performance.now() - t0) * 1000).toFixed(0), 'entries/s; cpu us/entry', ((cpu.user + cpu.system) / 200_000).toFixed(2));
}
console.log(lines.slice(0, 3).join(''));
await c.end(); await app.close(); process.exit(0);
