import type { RequestLogEntryView } from '../../../libs/contracts/requests.js';

/** One exchange as it is recorded. `id` is the exchange's UUIDv7: recording the same exchange twice stores it once. */
export interface RequestLogEntry extends Omit<RequestLogEntryView, 'time'> {
  /** Null when nobody was authenticated: the entry belongs to no project. */
  readonly projectId: string | null;
  /** When the exchange began, epoch milliseconds. */
  readonly at: number;
}
