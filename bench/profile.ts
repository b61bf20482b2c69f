import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds on the clock of `process.hrtime`. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Microseconds of the clock that profiles carry. */
export function profileClock(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Where the time of one stretch of a process went, in microseconds. */
export class ProfiledTime {
  readonly #nodes: ReadonlyMap<number, ProfileNode>;
  readonly #parents = new Map<number, number>();
  readonly #self = new Map<number, number>();
  /** Time in which the process did anything at all. */
  readonly busy: number;

  constructor({ nodes, startTime, samples, timeDeltas }: CpuProfile, from: number, to: number) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const node of nodes) for (const child of node.children ?? []) this.#parents.set(child, node.id);
    let now = startTime;
    let busy = 0;
    for (const [index, id] of samples.entries()) {
      const spent = timeDeltas[index] ?? 0;
      now += spent;
      if (now < from || now > to || this.#nodes.get(id)?.callFrame.functionName === '(idle)') continue;
      this.#self.set(id, (this.#self.get(id) ?? 0) + spent);
      busy += spent;
    }
    this.busy = busy;
  }

  /** Time of each function's own, the longest first. */
  self(): [string, number][] {
    const sums = new Map<string, number>();
    for (const [id, spent] of this.#self) {
      const name = this.#nameOf(id);
      sums.set(name, (sums.get(name) ?? 0) + spent);
    }
    return longestFirst(sums);
  }

  /** Time of each function with all that it called, the longest first. */
  total(): [string, number][] {
    const sums = new Map<string, number>();
    for (const [id, spent] of this.#self) {
      for (const name of new Set(this.#stackOf(id).map((member) => this.#nameOf(member)))) {
        sums.set(name, (sums.get(name) ?? 0) + spent);
      }
    }
    return longestFirst(sums);
  }

  /** Time in functions that were called, however far up, by a function of a file whose path `matches`, but by none of `unless`. */
  below(matches: RegExp, unless?: RegExp): number {
    let sum = 0;
    for (const [id, spent] of this.#self) {
      const names = this.#stackOf(id).map((member) => this.#nameOf(member));
      if (names.some((name) => matches.test(name)) && !names.some((name) => unless?.test(name) === true)) sum += spent;
    }
    return sum;
  }

  #stackOf(id: number): number[] {
    const stack = [];
    for (let at: number | undefined = id; at !== undefined; at = this.#parents.get(at)) stack.push(at);
    return stack;
  }

  #nameOf(id: number): string {
    const frame = this.#nodes.get(id)?.callFrame;
    if (frame === undefined) return '?';
    const file = frame.url.replace(/^.*\/(dist|node_modules)\//, '');
    return `${frame.functionName || '(anonymous)'} ${file}${file === '' ? '' : `:${frame.lineNumber + 1}`}`;
  }
}

/** The profile that a process with `--cpu-prof-dir` left at its end, between two moments of {@link profileClock}. */
export function readProfile(directory: string, from: number, to: number): ProfiledTime {
  const file = readdirSync(directory).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`no profile in ${directory}`);
  return new ProfiledTime(JSON.parse(readFileSync(join(directory, file), 'utf8')) as CpuProfile, from, to);
}

function longestFirst(sums: ReadonlyMap<string, number>): [string, number][] {
  return [...sums].sort(([, one], [, other]) => other - one);
}
