/** The request log on the wire: `/v1/requests`. Never a value, a token, a query value or a header value. */
export const REQUEST_DECISIONS = ['allowed', 'blocked', 'rate_limited', 'held', 'denied', 'failed', 'refused'] as const;
export type RequestDecision = (typeof REQUEST_DECISIONS)[number];

export const REQUEST_PROTOCOLS = ['http', 'https', 'websocket', 'tunnel'] as const;
export type RequestProtocol = (typeof REQUEST_PROTOCOLS)[number];

/** Milliseconds from the start of the exchange's own work, to three decimals; null where a stage was not reached. */
export interface RequestTimings {
  readonly auth: number | null;
  readonly decide: number | null;
  readonly connect: number | null;
  readonly firstByte: number | null;
}

export interface RequestLogEntryView {
  readonly id: string;
  readonly time: string;
  readonly agentId: string | null;
  readonly agentName: string | null;
  readonly method: string | null;
  readonly scheme: 'http' | 'https' | null;
  readonly host: string | null;
  readonly port: number | null;
  /** Without the query, before injection. */
  readonly path: string | null;
  readonly decision: RequestDecision;
  /** The refusal's code (docs/gateway: refusals), when the gateway itself answered. */
  readonly refusal: string | null;
  readonly ruleIds: readonly string[];
  readonly ruleNames: readonly string[];
  /** Secrets that were injected. */
  readonly secretIds: readonly string[];
  readonly secretNames: readonly string[];
  /** Secrets that matched and lost to a more specific one for the same place. */
  readonly outrankedSecretNames: readonly string[];
  readonly status: number | null;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly durationMs: number;
  readonly timings: RequestTimings;
  readonly upstreamAddress: string | null;
  readonly clientAddress: string | null;
  readonly replica: string;
  readonly protocol: RequestProtocol;
}

export interface RequestFilter {
  readonly agentId?: string;
  readonly host?: string;
  readonly method?: string;
  readonly decision?: RequestDecision;
  readonly status?: number;
  readonly secretId?: string;
  readonly ruleId?: string;
  /** ISO 8601, inclusive. */
  readonly from?: string;
  /** ISO 8601, exclusive. */
  readonly to?: string;
  /** Part of host, path or request id; case does not matter. */
  readonly q?: string;
}
