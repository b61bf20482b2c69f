import type { SystemView } from '../../../../libs/contracts/system';

export interface Health {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly sentence: string;
}

/** A gateway that was not heard of for this long (milliseconds) is counted as gone. */
export const REPLICA_SILENCE = 60_000;

/** One line for the navigation's foot: the worst thing that is known. */
export function healthOf(system: SystemView, now: number): Health {
  if (!system.database.ok) return { tone: 'bad', sentence: 'Database does not answer' };
  const heard = system.replicas.filter((replica) => now - Date.parse(replica.seenAt) < REPLICA_SILENCE);
  if (heard.length === 0) return { tone: 'bad', sentence: 'No gateway is running' };
  const newest = Math.max(...heard.map((replica) => replica.revision));
  const behind = heard.filter((replica) => replica.revision < newest).length;
  if (behind > 0) return { tone: 'warn', sentence: `${behind} of ${heard.length} gateways behind` };
  return { tone: 'ok', sentence: heard.length === 1 ? 'Gateway healthy' : `Gateway healthy, ${heard.length} replicas` };
}
