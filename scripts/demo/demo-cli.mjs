import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../root.mjs';

const LAUNCHER = join(root, 'cli/bin/onecli');
const TIMEOUT_MS = 30_000;

/** The `onecli` program, as one would type it. */
export class DemoCli {
  /** All that it and the commands that it ran have printed: no real credential may be among it. */
  printed = '';

  constructor(environment, folder) {
    this.environment = environment;
    this.folder = folder;
  }

  /** Runs it to its end: { code, stdout, stderr }. */
  call(args, input = '') {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.folder, env: this.environment, timeout: TIMEOUT_MS };
      const child = spawn(LAUNCHER, args, options);
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
      child.stdin.on('error', () => undefined).end(input);
      child.on('error', reject);
      child.on('close', (code) => {
        this.printed += stdout + stderr;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** The same for what has to succeed: the JSON that it printed. */
  async json(args, input) {
    const { code, stdout, stderr } = await this.call(args, input);
    if (code !== 0) throw new Error(`onecli ${args.join(' ')} ended with ${code}:\n${stderr}`);
    return JSON.parse(stdout);
  }
}

/** Whether a program is there and runs. */
export function has(program, environment) {
  return spawnSync(program, ['--version'], { env: environment, stdio: 'ignore' }).status === 0;
}
