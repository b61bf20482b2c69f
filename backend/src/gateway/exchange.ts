import { randomUUIDv7 } from 'node:crypto';
import type { CanonicalHost } from '../../../libs/patterns/canonical-host.js';
import type { RequestDecision, RequestProtocol } from '../../../libs/contracts/requests.js';

import type { RefusalCode } from './refusal.js';
import type { RequestTarget } from './listener/request-target.js';

/** Who is asking, as the access token says. `tokenHash` lets every later request check that the token still stands. */
export interface AgentIdentity {
  readonly tokenHash: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly projectId: string;
}

/** The authority that a CONNECT named, once parsed. */
export interface TunnelTarget {
  readonly host: CanonicalHost;
  readonly port: number;
}

/** One open tunnel: everything that its requests inherit. */
export interface Tunnel {
  readonly id: string;
  readonly identity: AgentIdentity;
  readonly target: TunnelTarget;
  readonly clientAddress: string | null;
  /** What flows inside: known after the first byte. */
  scheme: 'http' | 'https';
  requests: number;
  /** Of these, how many run now. */
  running: number;
}

/** No rule, no secret: shared so that the ordinary exchange allocates no lists. */
const NONE: readonly string[] = [];

/**
 * One exchange's trace, filled in as it walks the corridor and turned into one request-log entry at its end. Times are
 * `performance.now()` milliseconds; `at` is epoch milliseconds.
 */
export class Exchange {
  readonly id = randomUUIDv7();
  readonly at = Date.now();
  readonly started = performance.now();
  identity: AgentIdentity | undefined;
  /** The agent among whose running exchanges it counts. */
  admitted: string | undefined;
  target: RequestTarget | undefined;
  tunnelTarget: TunnelTarget | undefined;
  method: string | undefined;
  decision: RequestDecision = 'failed';
  refusal: RefusalCode | undefined;
  ruleIds = NONE;
  ruleNames = NONE;
  secretIds = NONE;
  secretNames = NONE;
  outrankedSecretNames = NONE;
  status: number | undefined;
  bytesUp = 0;
  bytesDown = 0;
  authenticated: number | undefined;
  decided: number | undefined;
  connected: number | undefined;
  firstByte: number | undefined;
  upstreamAddress: string | undefined;
  /** A fault's text for the log line: never a value, a token, a query or a field value. */
  fault: string | undefined;

  constructor(
    public protocol: RequestProtocol,
    readonly clientAddress: string | null,
  ) {}
}
