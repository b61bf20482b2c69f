import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from '../../libs/contracts/paging.js';
import type { RequestLogEntryView } from '../../libs/contracts/requests.js';
import { cannedControlPlane } from './support/canned-control-plane.js';
import { type Configured, configured } from './support/configured.js';
import { start, until } from './support/onecli.js';

function anEntry(id: string, more: Partial<RequestLogEntryView> = {}): RequestLogEntryView {
  return {
    id,
    time: '2026-03-10T12:00:00.000Z',
    agentId: 'a1',
    agentName: 'ci',
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    path: `/${id}`,
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
    durationMs: 12.3,
    timings: { auth: null, decide: null, connect: null, firstByte: null },
    upstreamAddress: null,
    clientAddress: null,
    replica: 'r1',
    protocol: 'https',
    ...more,
  };
}

describe('onecli requests', () => {
  let program: Configured;
  beforeAll(async () => void (program = await configured()));
  afterAll(() => program.close());

  it('lists a page, and says to people when there is none', async () => {
    expect(
      await program.json<Page<RequestLogEntryView>>(['requests', 'list', '--limit', '5', '--decision', 'blocked']),
    ).toEqual({ items: [], nextCursor: null });
    expect((await program.screen(['requests', 'list'])).text).toBe(
      'No requests yet. Try: onecli run -- curl https://example.com\n',
    );
  });

  it('tails without losing its place when the connection breaks', async () => {
    const resumedFrom: (string | undefined)[] = [];
    const stream = (request: IncomingMessage, response: ServerResponse): boolean => {
      if (request.url?.startsWith('/v1/requests/stream') !== true) return false;
      resumedFrom.push(request.headers['last-event-id'] as string | undefined);
      const id = `e${resumedFrom.length}`;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`: hello\n\nid: ${id}\ndata: ${JSON.stringify(anEntry(id))}\n\n`, () => {
        if (resumedFrom.length < 3) response.destroy();
      });
      return true;
    };
    const canned = await cannedControlPlane({}, stream);
    const tail = start(['requests', 'tail'], { env: { ONECLI_URL: canned.url } });
    try {
      await until(() => tail.stdout().split('\n').length === 4, 'the third event');
      const printed = tail
        .stdout()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as RequestLogEntryView);
      expect(printed.map((entry) => entry.id)).toEqual(['e1', 'e2', 'e3']);
      expect(resumedFrom).toEqual([undefined, 'e1', 'e2']);
      expect(tail.stderr()).toBe('Connection lost, trying again …\nConnected again.\n'.repeat(2));
    } finally {
      tail.process.kill();
      await tail.outcome;
      await canned.close();
    }
  });

  it('ends a tail that is refused, with the reason', async () => {
    const canned = await cannedControlPlane({}, (_request, response) => {
      response.writeHead(401).end(JSON.stringify({ error: 'Sign in first.', code: 'UNAUTHENTICATED' }));
      return true;
    });
    try {
      const outcome = await start(['requests', 'tail'], { env: { ONECLI_URL: canned.url } }).outcome;
      expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: Sign in first\.\n/) });
    } finally {
      await canned.close();
    }
  });
});
