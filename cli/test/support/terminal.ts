import { LAUNCHER, startCommand } from './onecli.js';

/** Runs a program in a terminal of its own: answers prompts, then prints all that a person would see. */
const PTY = `
import fcntl, json, os, pty, select, struct, sys, termios, time
spec = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, spec['columns'], 0, 0))
    os.execvp(spec['argv'][0], spec['argv'])
seen, steps, deadline = b'', list(spec['steps']), time.time() + 20
while time.time() < deadline:
    if steps and steps[0]['on'].encode() in seen:
        time.sleep(0.1)
        os.write(fd, steps.pop(0)['type'].encode())
    if not select.select([fd], [], [], 0.05)[0]:
        continue
    try:
        chunk = os.read(fd, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen.replace(b'\\r\\n', b'\\n'))
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;

export interface Step {
  /** When this has been printed … */
  readonly on: string;
  /** … these keys are typed. */
  readonly type: string;
}

export interface Screen {
  readonly code: number | null;
  readonly text: string;
}

export async function inTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { steps = [], columns = 120 }: { readonly steps?: readonly Step[]; readonly columns?: number } = {},
): Promise<Screen> {
  const spec = JSON.stringify({ argv: [LAUNCHER, ...args], steps, columns });
  const running = startCommand('python3', ['-c', PTY, spec], { env: { TERM: 'xterm', ...env } });
  const { code, stdout } = await running.outcome;
  return { code, text: stdout };
}
