import type { SystemView } from '../../../../libs/contracts/system';

export interface Health {
  readonly tone: 'ok' | 'warn' | 'bad' | 'off';
  readonly sentence: string;
}

/** One line for the navigation's foot: the worst thing that is known. */
export function healthOf({ database, replicas }: SystemView): Health {
  if (!database.ok) return { tone: 'bad', sentence: 'Database does not answer' };
  // A gateway loads a project's policy with the project's first request, and is listed from then on.
  if (replicas.length === 0) return { tone: 'off', sentence: 'Gateway idle' };
  const behind = behindCount(replicas);
  if (behind > 0) return { tone: 'warn', sentence: `${behind} of ${replicas.length} gateways behind` };
  return {
    tone: 'ok',
    sentence: replicas.length === 1 ? 'Gateway healthy' : `Gateway healthy, ${replicas.length} replicas`,
  };
}

/** `1,284 on 3 of 3`: the newest policy revision and how many replicas decide by it. */
export function revisionWords(replicas: SystemView['replicas']): string {
  if (replicas.length === 0) return 'not loaded yet';
  const newest = newestRevision(replicas).toLocaleString('en-US');
  return `${newest} on ${replicas.length - behindCount(replicas)} of ${replicas.length}`;
}

function newestRevision(replicas: SystemView['replicas']): number {
  return Math.max(...replicas.map((replica) => replica.revision));
}

function behindCount(replicas: SystemView['replicas']): number {
  const newest = newestRevision(replicas);
  return replicas.filter((replica) => replica.revision < newest).length;
}
