import type { RequestLogEntryView } from '../../../../libs/contracts/requests';

/** An allowed request, with what a test says about it. */
export function anEntry(about: Partial<RequestLogEntryView> = {}): RequestLogEntryView {
  return {
    id: '019ab000-0000-7000-8000-000000000001',
    time: '2026-11-24T13:02:11.482Z',
    agentId: '019ab000-0000-7000-8000-0000000000a1',
    agentName: 'refund-bot',
    method: 'GET',
    scheme: 'https',
    host: 'api.stripe.com',
    port: 443,
    path: '/v1/charges',
    decision: 'allowed',
    refusal: null,
    ruleIds: [],
    ruleNames: [],
    secretIds: [],
    secretNames: [],
    outrankedSecretNames: [],
    status: 200,
    bytesUp: 0,
    bytesDown: 0,
    durationMs: 88,
    timings: { auth: 0.04, decide: 0.1, connect: 20, firstByte: 80 },
    upstreamAddress: '198.51.100.7:443',
    clientAddress: '127.0.0.1:50000',
    replica: 'gw-1',
    protocol: 'https',
    ...about,
  };
}

/** The `number`th of a row of requests, a second apart. */
export function entryAt(number: number): RequestLogEntryView {
  const suffix = String(number).padStart(12, '0');
  return anEntry({
    id: `019ab000-0000-7000-8000-${suffix}`,
    time: new Date(Date.UTC(2026, 10, 24, 12, 0, number)).toISOString(),
    path: `/${number}`,
  });
}
