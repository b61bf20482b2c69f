// What `npm run attack` runs: backend/test/gateway/attacks.e2e-spec.ts in its long form, with ten times the connections and for longer.
// Everything stays on 127.0.0.1 and ends by itself after some five minutes; figures come on standard error.
process.env['ONECLI_TEST_ATTACK'] = 'long';
process.argv.push('--selectProjects', 'e2e', '--testPathPatterns', 'gateway/attacks');
await import('./test.mjs');
