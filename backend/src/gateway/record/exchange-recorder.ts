import { Inject, Injectable } from '@nestjs/common';
import type { RequestLogEntry } from '../../audit/request-log.entry.js';
import { RequestLogRecorder } from '../../audit/request-log.recorder.js';
import { CONFIG, type Config } from '../../config/config.js';
import { LOGGER, type Logger } from '../../logging/logger.js';
import type { Exchange } from '../exchange.js';

/** Turns an exchange that is over into one request-log entry and one canonical log line. */
@Injectable()
export class ExchangeRecorder {
  constructor(
    private readonly requestLog: RequestLogRecorder,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Whether nothing more can be recorded in an installation that rather refuses than goes unrecorded. */
  get mustRefuse(): boolean {
    return this.config.audit.spoolFull === 'refuse' && this.requestLog.full;
  }

  record(exchange: Exchange, level: 'info' | 'warn' | 'error' = 'info'): void {
    const entry = entryOf(exchange, this.config.replica);
    this.requestLog.append(entry);
    if (!this.log.isLevelEnabled(level)) return;
    this.log[level](
      {
        request_id: entry.id,
        agent: entry.agentName,
        decision: entry.decision,
        refusal: entry.refusal ?? undefined,
        status: entry.status,
        rules: entry.ruleNames.length > 0 ? entry.ruleNames : undefined,
        secrets: entry.secretNames.length > 0 ? entry.secretNames : undefined,
        ms: entry.durationMs,
        up: entry.bytesUp,
        down: entry.bytesDown,
        upstream: entry.upstreamAddress ?? undefined,
        client: entry.clientAddress,
        fault: exchange.fault,
      },
      lineOf(entry),
    );
  }
}

/** The entry of an exchange that ends now. */
export function entryOf(exchange: Exchange, replica: string): RequestLogEntry {
  const { target, tunnelTarget, identity, started } = exchange;
  return {
    id: exchange.id,
    projectId: identity?.projectId ?? null,
    at: exchange.at,
    agentId: identity?.agentId ?? null,
    agentName: identity?.agentName ?? null,
    method: exchange.method ?? null,
    scheme: target?.scheme ?? null,
    host: target?.host ?? tunnelTarget?.host ?? null,
    port: target?.port ?? tunnelTarget?.port ?? null,
    path: target?.path ?? null,
    decision: exchange.decision,
    refusal: exchange.refusal ?? null,
    ruleIds: exchange.ruleIds,
    ruleNames: exchange.ruleNames,
    secretIds: exchange.secretIds,
    secretNames: exchange.secretNames,
    outrankedSecretNames: exchange.outrankedSecretNames,
    status: exchange.status ?? null,
    bytesUp: exchange.bytesUp,
    bytesDown: exchange.bytesDown,
    durationMs: rounded(performance.now() - started),
    timings: {
      auth: since(started, exchange.authenticated),
      decide: since(started, exchange.decided),
      connect: since(started, exchange.connected),
      firstByte: since(started, exchange.firstByte),
    },
    upstreamAddress: exchange.upstreamAddress ?? null,
    clientAddress: exchange.clientAddress,
    replica,
    protocol: exchange.protocol,
  };
}

function lineOf(entry: RequestLogEntry): string {
  const place = entry.host === null ? '-' : `${entry.host}${entry.path ?? `:${entry.port ?? ''}`}`;
  return `${entry.method ?? '-'} ${place} ${entry.refusal ?? entry.decision} ${entry.status ?? '-'}`;
}

function since(started: number, moment: number | undefined): number | null {
  return moment === undefined ? null : rounded(moment - started);
}

/** Milliseconds to a microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
