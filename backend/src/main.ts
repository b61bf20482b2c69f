import 'reflect-metadata';
import { explainFailure } from './boot/explain-failure.js';
import { loadEnvFile } from './boot/env-file.js';
import { Program } from './boot/program.js';
import { endOnFaults, endOnSignals } from './boot/signals.js';

loadEnvFile();
const program = new Program(process.env, process.stdout.isTTY);
endOnSignals(() => program.stop());
endOnFaults((fault) => program.fail(fault));

try {
  await program.start();
} catch (error) {
  await program.stop();
  const showStack = process.env['LOG_LEVEL'] === 'debug' || process.env['LOG_LEVEL'] === 'trace';
  for (const sentence of explainFailure(error, showStack)) process.stderr.write(`onecli: ${sentence}\n`);
  process.exit(1);
}
