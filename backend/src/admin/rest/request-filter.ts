import type { RequestFilter, RequestLogEntryView } from '../../../../libs/contracts/requests.js';

/** Whether an entry passes a filter, as the list of `/v1/requests` would answer it. */
export function passes(entry: RequestLogEntryView, filter: RequestFilter): boolean {
  return (
    equal(filter.agentId, entry.agentId) &&
    equal(filter.host?.toLowerCase(), entry.host) &&
    equal(filter.method?.toUpperCase(), entry.method) &&
    equal(filter.decision, entry.decision) &&
    equal(filter.status, entry.status) &&
    (filter.secretId === undefined || entry.secretIds.includes(filter.secretId)) &&
    (filter.ruleId === undefined || entry.ruleIds.includes(filter.ruleId)) &&
    (filter.from === undefined || Date.parse(entry.time) >= Date.parse(filter.from)) &&
    (filter.to === undefined || Date.parse(entry.time) < Date.parse(filter.to)) &&
    (filter.q === undefined || holds(entry, filter.q.toLowerCase()))
  );
}

function equal<T>(wanted: T | undefined, actual: T | null): boolean {
  return wanted === undefined || wanted === actual;
}

function holds(entry: RequestLogEntryView, text: string): boolean {
  return [entry.host, entry.path, entry.id].some((part) => part?.toLowerCase().includes(text));
}
