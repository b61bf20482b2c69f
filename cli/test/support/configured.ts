import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../../backend/test/support/control-plane.js';
import { onecli, type Outcome } from './onecli.js';
import { inTerminal, type Screen, type Step } from './terminal.js';

/** A real control plane and the program set up for it. */
export interface Configured {
  readonly controlPlane: ControlPlane;
  readonly env: Readonly<Record<string, string>>;
  /** Without a terminal: answers are JSON. */
  call(args: readonly string[], input?: string): Promise<Outcome>;
  /** The JSON that a call answered; fails when it ended with anything but 0. */
  json<T>(args: readonly string[], input?: string): Promise<T>;
  screen(args: readonly string[], steps?: readonly Step[], columns?: number): Promise<Screen>;
  close(): Promise<void>;
}

export async function configured(): Promise<Configured> {
  const controlPlane = await startControlPlane();
  const home = mkdtempSync(join(tmpdir(), 'onecli-home-'));
  const env = { HOME: home, ONECLI_URL: controlPlane.url };
  const call = (args: readonly string[], input = ''): Promise<Outcome> => onecli(args, { env, input });
  return {
    controlPlane,
    env,
    call,
    json: async <T>(args: readonly string[], input = '') => {
      const { code, stdout, stderr } = await call(args, input);
      if (code !== 0) throw new Error(`onecli ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    screen: (args, steps = [], columns = 120) => inTerminal(args, { ...env, NO_COLOR: '1' }, { steps, columns }),
    close: async () => {
      await controlPlane.close();
      rmSync(home, { recursive: true });
    },
  };
}
