// What `npm run fuzz` runs: backend/test/gateway/hostile-input.e2e-spec.ts with 100,000 requests, or as many as `--runs N` says, from the
// seed of `--seed N` or a new one. Prints rate and counts on standard error; a failure says its seed.
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string' } } });
process.env['ONECLI_FUZZ_RUNS'] = values.runs;
process.env['ONECLI_FUZZ_SEED'] = values.seed ?? String(Date.now() % 1_000_000_000);
process.argv.splice(2, Infinity, '--selectProjects', 'e2e', '--testPathPatterns', 'gateway/hostile-input');
await import('./test.mjs');
