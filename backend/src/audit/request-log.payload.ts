import { zstdDecompressSync } from 'node:zlib';
import { REQUEST_DECISIONS, REQUEST_PROTOCOLS } from '../../../libs/contracts/requests.js';
import { isUuid } from '../persistence/uuid-v7.js';
import type { RequestLogEntry } from './request-log.entry.js';

/** The lines of a job that PostgreSQL will take, and how many it would not. */
export interface ReadPayload {
  readonly lines: readonly string[];
  readonly rejected: number;
}

/** Far above what one batch can be: a job that would not end in memory is no job. */
const LARGEST_JOB_BYTES = 64 * 1024 * 1024;
/** Longest texts that are stored; indexed columns must fit an index page. */
const LONGEST_NAME = 512;
const LONGEST_PATH = 65_536;
/** Text that PostgreSQL's json and text do not hold: NUL and lone surrogates, as JSON.stringify writes them. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;
const DECISIONS: ReadonlySet<unknown> = new Set(REQUEST_DECISIONS);
const PROTOCOLS: ReadonlySet<unknown> = new Set(REQUEST_PROTOCOLS);
const MAX_TIME = Date.UTC(9999, 0);

/** Reads what a job carries, whoever put it there. One bad line costs itself, never its neighbours. */
export function readPayload(data: unknown): ReadPayload {
  const text = isRecord(data) && typeof data['zstd'] === 'string' ? unpacked(data['zstd']) : undefined;
  if (text === undefined) return { lines: [], rejected: 1 };
  const lines: string[] = [];
  let rejected = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const stored = storable(line);
    if (stored === undefined) rejected += 1;
    else lines.push(stored);
  }
  return { lines, rejected };
}

function unpacked(zstd: string): string | undefined {
  try {
    return zstdDecompressSync(Buffer.from(zstd, 'base64'), { maxOutputLength: LARGEST_JOB_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
}

function storable(line: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isEntry(value)) return undefined;
  return UNSTORABLE.test(line) || tooLong(value) ? JSON.stringify(cleaned(value)) : line;
}

function isEntry(value: unknown): value is RequestLogEntry {
  return (
    isRecord(value) &&
    isId(value['id']) &&
    isOptionalId(value['projectId']) &&
    isOptionalId(value['agentId']) &&
    isWhole(value['at'], 0, MAX_TIME) &&
    isWhole(value['bytesUp'], 0, Number.MAX_SAFE_INTEGER) &&
    isWhole(value['bytesDown'], 0, Number.MAX_SAFE_INTEGER) &&
    Number.isFinite(value['durationMs']) &&
    isOptionalWhole(value['status'], 0, 999) &&
    isOptionalWhole(value['port'], 0, 65_535) &&
    DECISIONS.has(value['decision']) &&
    PROTOCOLS.has(value['protocol']) &&
    typeof value['replica'] === 'string' &&
    OPTIONAL_TEXTS.every((name) => isOptionalText(value[name])) &&
    isList(value['ruleIds'], isId) &&
    isList(value['secretIds'], isId) &&
    TEXT_LISTS.every((name) => isList(value[name], isText)) &&
    isTimings(value['timings'])
  );
}

const OPTIONAL_TEXTS = [
  'agentName',
  'method',
  'scheme',
  'host',
  'path',
  'refusal',
  'upstreamAddress',
  'clientAddress',
] as const;
const TEXT_LISTS = ['ruleNames', 'secretNames', 'outrankedSecretNames'] as const;

function tooLong(entry: RequestLogEntry): boolean {
  return (
    (entry.path?.length ?? 0) > LONGEST_PATH ||
    OPTIONAL_TEXTS.some((name) => name !== 'path' && (entry[name]?.length ?? 0) > LONGEST_NAME)
  );
}

/** What cannot be stored is replaced and what is too long is cut: a strange request must show in the log, not vanish from it. */
function cleaned(entry: RequestLogEntry): unknown {
  return JSON.parse(JSON.stringify(entry), (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    return value
      .slice(0, key === 'path' ? LONGEST_PATH : LONGEST_NAME)
      .toWellFormed()
      .replaceAll('\0', '\uFFFD');
  }) as unknown;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && isUuid(value);
}

function isOptionalId(value: unknown): boolean {
  return value === null || isId(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isOptionalText(value: unknown): boolean {
  return value === null || isText(value);
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isOptionalWhole(value: unknown, least: number, most: number): boolean {
  return value === null || isWhole(value, least, most);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isTimings(value: unknown): boolean {
  return (
    isRecord(value) &&
    ['auth', 'decide', 'connect', 'firstByte'].every((name) => value[name] === null || Number.isFinite(value[name]))
  );
}
