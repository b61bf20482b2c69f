/** The policy of one project is now at this revision. */
export interface PolicyChange {
  readonly projectId: string;
  readonly revision: number;
}

/** PostgreSQL's name of the notification. */
export const CHANNEL = 'policy_changed';

export function writeChange({ projectId, revision }: PolicyChange): string {
  return `${projectId}:${revision}`;
}

/** Undefined for a payload that is none of ours: anybody with the database may notify. */
export function readChange(payload: string | undefined): PolicyChange | undefined {
  const [, projectId, revision] = /^([0-9a-f-]{36}):(\d{1,15})$/.exec(payload ?? '') ?? [];
  return projectId === undefined || revision === undefined ? undefined : { projectId, revision: Number(revision) };
}
