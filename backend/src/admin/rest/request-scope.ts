import type { RequestLogScope } from '../../audit/request-log.reader.js';
import type { Caller } from '../access/caller.js';

/** The owner sees the project's entries, and those of nobody: requests whose authentication was refused. */
export function visibleTo(caller: Caller): RequestLogScope {
  return { projectId: caller.projectId, includeUnattributed: true };
}
