import type { ControlPlane } from './api/control-plane.js';
import type { Input } from './input/input.js';
import type { Terminal } from './output/terminal.js';

/** What a command may touch: the control plane, the terminal, and the environment it was started in. */
export interface Session {
  readonly controlPlane: ControlPlane;
  readonly terminal: Terminal;
  readonly input: Input;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home directory; files of this program lie below `.onecli` in it. */
  readonly home: string;
}
