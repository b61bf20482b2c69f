import type { RequestDecision, RequestLogEntryView } from '../../../libs/contracts/requests.js';
import type { Style } from './style.js';
import type { Column } from './table.js';

/** Green passes, red is stopped, yellow waits or failed. */
export function decisionStyle(decision: RequestDecision, style: Style): (words: string) => string {
  switch (decision) {
    case 'allowed':
      return style.green;
    case 'blocked':
    case 'denied':
    case 'refused':
      return style.red;
    case 'rate_limited':
    case 'held':
    case 'failed':
      return style.yellow;
  }
}

/** Host and port as one writes them: the default port is left out. */
export function authority(entry: RequestLogEntryView): string {
  const isDefaultPort = entry.port === null || entry.port === (entry.scheme === 'http' ? 80 : 443);
  return `${entry.host ?? '-'}${isDefaultPort ? '' : `:${entry.port}`}`;
}

/** What else there is to know: the rule that decided, the refusal, or the secrets that went along. */
export function because(entry: RequestLogEntryView): string {
  const isAllowed = entry.decision === 'allowed';
  if (isAllowed && entry.secretNames.length > 0) return `with ${entry.secretNames.join(', ')}`;
  if (!isAllowed && entry.ruleNames.length > 0) return `by ${entry.ruleNames.join(', ')}`;
  return entry.refusal ?? '';
}

/** Local time of day, to the second. */
export function clock(time: string): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

export const REQUEST_COLUMNS: readonly Column<RequestLogEntryView>[] = [
  { title: 'TIME', cell: (entry) => clock(entry.time), paint: (cell, _, style) => style.dim(cell) },
  {
    title: 'DECISION',
    cell: (entry) => entry.decision,
    paint: (cell, entry, style) => decisionStyle(entry.decision, style)(cell),
  },
  { title: 'STATUS', cell: (entry) => String(entry.status ?? '-'), alignRight: true },
  { title: 'AGENT', cell: (entry) => entry.agentName ?? '-' },
  { title: 'METHOD', cell: (entry) => entry.method ?? '-' },
  { title: 'HOST', cell: authority },
  { title: 'PATH', cell: (entry) => entry.path ?? '-' },
  { title: 'MS', cell: (entry) => entry.durationMs.toFixed(0), alignRight: true, isOptional: true },
  { title: 'WHY', cell: because, isOptional: true },
];
