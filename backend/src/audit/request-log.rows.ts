import type { RequestDecision, RequestLogEntryView, RequestProtocol } from '../../../libs/contracts/requests.js';

/** Columns of a row in the order of the view. Bytes as double: PostgreSQL's bigint would come as text. */
export const ROW_COLUMNS = `id, at, agent_id, agent_name, method, scheme, host, port, path, decision, refusal, rule_ids,
  rule_names, secret_ids, secret_names, outranked_secret_names, status, bytes_up::double precision as bytes_up,
  bytes_down::double precision as bytes_down, duration_ms, auth_ms, decide_ms, connect_ms, first_byte_ms,
  upstream_address, client_address, replica, protocol`;

/** A row of `request_log` as the driver gives it. */
export interface RequestLogRow {
  readonly id: string;
  readonly at: Date;
  readonly agent_id: string | null;
  readonly agent_name: string | null;
  readonly method: string | null;
  readonly scheme: 'http' | 'https' | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly path: string | null;
  readonly decision: RequestDecision;
  readonly refusal: string | null;
  readonly rule_ids: string[];
  readonly rule_names: string[];
  readonly secret_ids: string[];
  readonly secret_names: string[];
  readonly outranked_secret_names: string[];
  readonly status: number | null;
  readonly bytes_up: number;
  readonly bytes_down: number;
  readonly duration_ms: number;
  readonly auth_ms: number | null;
  readonly decide_ms: number | null;
  readonly connect_ms: number | null;
  readonly first_byte_ms: number | null;
  readonly upstream_address: string | null;
  readonly client_address: string | null;
  readonly replica: string;
  readonly protocol: RequestProtocol;
}

/** Row → wire, the only mapper. */
export function toView(row: RequestLogRow): RequestLogEntryView {
  return {
    id: row.id,
    time: row.at.toISOString(),
    agentId: row.agent_id,
    agentName: row.agent_name,
    method: row.method,
    scheme: row.scheme,
    host: row.host,
    port: row.port,
    path: row.path,
    decision: row.decision,
    refusal: row.refusal,
    ruleIds: row.rule_ids,
    ruleNames: row.rule_names,
    secretIds: row.secret_ids,
    secretNames: row.secret_names,
    outrankedSecretNames: row.outranked_secret_names,
    status: row.status,
    bytesUp: row.bytes_up,
    bytesDown: row.bytes_down,
    durationMs: row.duration_ms,
    timings: { auth: row.auth_ms, decide: row.decide_ms, connect: row.connect_ms, firstByte: row.first_byte_ms },
    upstreamAddress: row.upstream_address,
    clientAddress: row.client_address,
    replica: row.replica,
    protocol: row.protocol,
  };
}
