import type { RequestLogEntryView } from '../../../../libs/contracts/requests.js';
import { PLAIN } from '../../output/style.js';
import { requestLine } from './tail.js';

const ENTRY: RequestLogEntryView = {
  id: '1',
  time: '2026-03-10T12:00:00.000Z',
  agentId: 'a',
  agentName: 'ci',
  method: 'DELETE',
  scheme: 'https',
  host: 'api.example.com',
  port: 8443,
  path: '/v1/customers/7/and/everything/that/belongs/to/them',
  decision: 'blocked',
  refusal: 'blocked_by_policy',
  ruleIds: ['r'],
  ruleNames: ['No deletes'],
  secretIds: [],
  secretNames: [],
  outrankedSecretNames: [],
  status: 403,
  bytesUp: 0,
  bytesDown: 0,
  durationMs: 1,
  timings: { auth: null, decide: null, connect: null, firstByte: null },
  upstreamAddress: null,
  clientAddress: null,
  replica: 'r1',
  protocol: 'https',
};

const line = (more: Partial<RequestLogEntryView>, width: number): string =>
  requestLine({ ...ENTRY, ...more }, width, PLAIN).replace(/^\d\d:\d\d:\d\d/, '12:00:00');

describe('a line of the tail', () => {
  it('says who did what, what came of it, and why', () => {
    expect(line({}, 200)).toBe(
      '12:00:00  blocked       403  ci  DELETE api.example.com:8443/v1/customers/7/and/everything/that/belongs/to/them  by No deletes',
    );
  });

  it('shortens the address where the terminal is narrow, and nothing else', () => {
    const narrow = line({}, 80);
    expect(narrow).toHaveLength(80);
    expect(narrow).toMatch(/ci {2}DELETE api\.example\.com:8443\/.*… {2}by No deletes$/);
  });

  it('names the secrets that went along, or the refusal where no rule decided', () => {
    expect(line({ decision: 'allowed', refusal: null, ruleNames: ['Fine'], secretNames: ['github'] }, 200)).toMatch(
      / {2}with github$/,
    );
    expect(line({ decision: 'failed', refusal: 'upstream_timeout', ruleNames: [] }, 200)).toMatch(
      / {2}upstream_timeout$/,
    );
    expect(line({ decision: 'allowed', refusal: null, ruleNames: [], port: 443, path: '/' }, 200)).toMatch(
      /DELETE api\.example\.com\/$/,
    );
  });

  it('has dashes where a connection never became a request', () => {
    const nothing = { agentName: null, method: null, host: null, port: null, path: null, status: null, ruleNames: [] };
    expect(line({ ...nothing, decision: 'refused', refusal: 'malformed_request' }, 200)).toBe(
      '12:00:00  refused         -  -  - -  malformed_request',
    );
  });

  it('lets no path drive the terminal', () => {
    expect(line({ path: '/\u001b[2J' }, 200)).toContain(String.raw`/\x1b[2J`);
  });
});
