// Loaded into the gateway's process (`--import`) where the bench measures how long its event loop is blocked. Appends, every
// 100 ms, the longest delay since the last line to the file that BENCH_DELAY_FILE names, in milliseconds.
import { openSync, writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;
const file = openSync(process.env['BENCH_DELAY_FILE'] ?? '/dev/null', 'a');
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
setInterval(() => {
  writeSync(file, `${Math.max(0, delay.max / 1e6 - RESOLUTION_MS).toFixed(2)}\n`);
  delay.reset();
}, 100).unref();
