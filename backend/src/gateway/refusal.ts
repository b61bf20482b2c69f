/**
 * Everything the gateway answers by itself: the closed table of gateway refusals. `retry`: the same request can succeed
 * later without anybody changing anything. `level`: how the canonical log line of such an exchange is written.
 */
const TABLE = {
  proxy_auth_required: { status: 407, retry: false, level: 'info' },
  too_many_auth_failures: { status: 429, retry: true, level: 'warn' },
  access_revoked: { status: 403, retry: false, level: 'info' },
  blocked_by_policy: { status: 403, retry: false, level: 'info' },
  blocked_by_default_policy: { status: 403, retry: false, level: 'info' },
  rate_limited: { status: 429, retry: false, level: 'info' },
  malformed_target: { status: 400, retry: false, level: 'info' },
  ambiguous_path: { status: 400, retry: false, level: 'warn' },
  malformed_request: { status: 400, retry: false, level: 'warn' },
  not_a_proxy_request: { status: 400, retry: false, level: 'info' },
  method_refused: { status: 405, retry: false, level: 'info' },
  request_timeout: { status: 408, retry: true, level: 'info' },
  misdirected_request: { status: 421, retry: false, level: 'warn' },
  headers_too_large: { status: 431, retry: false, level: 'info' },
  upstream_forbidden: { status: 403, retry: false, level: 'warn' },
  upstream_unresolved: { status: 502, retry: false, level: 'info' },
  upstream_unreachable: { status: 502, retry: true, level: 'info' },
  upstream_tls_untrusted: { status: 502, retry: false, level: 'warn' },
  upstream_protocol_error: { status: 502, retry: false, level: 'info' },
  upstream_timeout: { status: 504, retry: true, level: 'info' },
  too_many_connections: { status: 429, retry: true, level: 'warn' },
  policy_unavailable: { status: 503, retry: true, level: 'error' },
  audit_unavailable: { status: 503, retry: true, level: 'error' },
  gateway_restarting: { status: 503, retry: true, level: 'info' },
  /** Only recorded: the agent's handshake failed, so that nothing could be answered. */
  agent_tls_failed: { status: 400, retry: false, level: 'warn' },
  internal_error: { status: 500, retry: false, level: 'error' },
} as const satisfies Record<string, { status: number; retry: boolean; level: 'info' | 'warn' | 'error' }>;

export type RefusalCode = keyof typeof TABLE;

/** Fields of the answer's body beside `error`, `message` and `request_id`. */
export interface RefusalDetails {
  readonly rule_name?: string;
  readonly limit?: number;
  readonly window?: string;
  readonly console_url?: string;
  readonly host?: string;
  readonly reason?: string;
  readonly setting?: string;
  readonly timeout?: string;
  readonly limit_bytes?: number;
  readonly limit_fields?: number;
}

/** A refusal on its way to the one place that renders it. Carries no stack: it is an answer, not a fault. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: RefusalDetails = {},
    /** Seconds for `Retry-After`. */
    readonly retryAfter?: number,
    /** Where it depends on the request and not on the code alone. */
    private readonly retry?: boolean,
  ) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
    this.name = 'Refusal';
  }

  get status(): number {
    return TABLE[this.code].status;
  }

  get level(): 'info' | 'warn' | 'error' {
    return TABLE[this.code].level;
  }

  get mayRetry(): boolean {
    return this.retry ?? TABLE[this.code].retry;
  }
}

/** The answer's field lines (flat name, value list) and body. The body is JSON in UTF-8. */
export interface RenderedRefusal {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Renders a refusal for the wire; `requestId` is the exchange's id, under which the request log has it. */
export function renderRefusal(refusal: Refusal, requestId: string): RenderedRefusal {
  const body = Buffer.from(
    JSON.stringify({ error: refusal.code, message: refusal.message, ...refusal.details, request_id: requestId }) + '\n',
  );
  const headers = [
    'Content-Type',
    'application/json',
    'Content-Length',
    String(body.length),
    'X-OneCLI-Refusal',
    refusal.code,
    'X-Should-Retry',
    refusal.mayRetry ? 'true' : 'false',
    'Cache-Control',
    'no-store',
  ];
  if (refusal.retryAfter !== undefined) headers.push('Retry-After', String(refusal.retryAfter));
  if (refusal.status === 407) headers.push('Proxy-Authenticate', 'Basic realm="OneCLI Gateway"');
  if (refusal.status === 405) headers.push('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  return { status: refusal.status, headers, body };
}
