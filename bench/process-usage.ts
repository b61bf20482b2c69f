import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second towards user space (proc(5), USER_HZ). */
const TICK_MS = 10;

/** CPU time of a process so far, and of the process with all its descendants (its database), in milliseconds. */
export interface CpuTime {
  readonly own: number;
  readonly tree: number;
}

export function cpuTime(pid: number): CpuTime {
  const processes = allProcesses();
  const own = processes.get(pid);
  if (own === undefined) throw new Error(`process ${pid} has ended`);
  const tree = descendantsOf(pid, processes).reduce((sum, process) => sum + process.cpu + process.reaped, 0);
  return { own: own.cpu * TICK_MS, tree: tree * TICK_MS };
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`process ${pid} has no resident memory`);
  return Number(kib) * 1024;
}

interface Usage {
  readonly parent: number;
  /** Ticks in user space and kernel. */
  readonly cpu: number;
  /** The same of children that have ended. */
  readonly reaped: number;
}

function allProcesses(): Map<number, Usage> {
  const processes = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const usage = usageOf(name);
    if (usage !== undefined) processes.set(Number(name), usage);
  }
  return processes;
}

function usageOf(pid: string): Usage | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It ended while the list was read.
    return undefined;
  }
  // The second field is the program's name in brackets, which may hold blanks and brackets.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number): number => fields[number - 3] ?? 0;
  return { parent: field(4), cpu: field(14) + field(15), reaped: field(16) + field(17) };
}

function descendantsOf(pid: number, processes: ReadonlyMap<number, Usage>): Usage[] {
  const found: Usage[] = [];
  const pids = new Set([pid]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [candidate, usage] of processes) {
      if (pids.has(candidate) || !pids.has(usage.parent)) continue;
      pids.add(candidate);
      grew = true;
    }
  }
  for (const member of pids) {
    const usage = processes.get(member);
    if (usage !== undefined) found.push(usage);
  }
  return found;
}
