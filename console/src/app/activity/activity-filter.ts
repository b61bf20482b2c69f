import type { ParamMap, Params } from '@angular/router';

import type { RequestDecision, RequestFilter, RequestLogEntryView } from '../../../../libs/contracts/requests';
import { REQUEST_DECISIONS } from '../../../../libs/contracts/requests';

/** Ranges that move with the present, in milliseconds. */
export const RANGES = {
  '15m': { label: 'last 15 minutes', length: 15 * 60_000 },
  '1h': { label: 'last hour', length: 3_600_000 },
  '24h': { label: 'last 24 hours', length: 86_400_000 },
  '7d': { label: 'last 7 days', length: 7 * 86_400_000 },
} as const;
export type Range = keyof typeof RANGES;

/** What the list is narrowed to; each part is one chip (but `q`, the search field) and one query parameter of the page. */
export interface ActivityFilter extends RequestFilter {
  readonly within?: Range;
}

const TEXTS = ['agentId', 'host', 'method', 'secretId', 'ruleId', 'from', 'to', 'q'] as const;
export const FILTER_KEYS = [...TEXTS, 'decision', 'status', 'within'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** Reads the page's query parameters; what makes no sense is left out. */
export function filterOf(params: ParamMap): ActivityFilter {
  const filter: Record<string, string | number> = {};
  for (const key of TEXTS) {
    const text = params.get(key)?.trim();
    if (text !== undefined && text !== '') filter[key] = text;
  }
  const decision = params.get('decision');
  if (decision !== null && isDecision(decision)) filter['decision'] = decision;
  const status = Number(params.get('status'));
  if (Number.isInteger(status) && status >= 100 && status <= 599) filter['status'] = status;
  const within = params.get('within');
  if (within !== null && within in RANGES) filter['within'] = within;
  return filter;
}

/** The query parameters that `filterOf` reads back; parts that are off are null, so that the router removes them. */
export function paramsOf(filter: ActivityFilter): Params {
  return Object.fromEntries(FILTER_KEYS.map((key) => [key, filter[key] ?? null]));
}

export function without(filter: ActivityFilter, key: FilterKey): ActivityFilter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => name !== key));
}

/** The filter as the API takes it; `within` becomes a time. */
export function requestFilterOf({ within, ...filter }: ActivityFilter, now: number): RequestFilter {
  if (within === undefined) return filter;
  return { ...filter, from: new Date(now - RANGES[within].length).toISOString() };
}

/** Whether a live entry belongs into the list: the same question that the server answers for history. */
export function matches(entry: RequestLogEntryView, filter: RequestFilter): boolean {
  const { agentId, host, method, decision, status, secretId, ruleId, from, to, q } = filter;
  return (
    (agentId === undefined || entry.agentId === agentId) &&
    (host === undefined || entry.host === host.toLowerCase()) &&
    (method === undefined || entry.method === method.toUpperCase()) &&
    (decision === undefined || entry.decision === decision) &&
    (status === undefined || entry.status === status) &&
    (secretId === undefined || entry.secretIds.includes(secretId)) &&
    (ruleId === undefined || entry.ruleIds.includes(ruleId)) &&
    (from === undefined || Date.parse(entry.time) >= Date.parse(from)) &&
    (to === undefined || Date.parse(entry.time) < Date.parse(to)) &&
    (q === undefined || mentions(entry, q.toLowerCase()))
  );
}

function mentions(entry: RequestLogEntryView, text: string): boolean {
  return [entry.host, entry.path, entry.id].some((part) => part?.toLowerCase().includes(text) === true);
}

function isDecision(text: string): text is RequestDecision {
  return (REQUEST_DECISIONS as readonly string[]).includes(text);
}
