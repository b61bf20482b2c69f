import { destination, pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.js';

/**
 * JSON lines are written together: a write for each line cost 47 µs of a request that costs 120 in all. They come at most this
 * late; what is still waiting when the process ends is written then, unless it is killed. (The request log does not depend on it.)
 * pino takes a number below the 16 KiB that it writes at once.
 */
const WRITE_FROM_BYTES = 8192;
const WRITE_EVERY_MS = 100;

/** Injection token of the process's {@link Logger}. */
export const LOGGER = Symbol('LOGGER');

export type { Logger } from 'pino';

/**
 * The process's log: JSON lines, or pretty ones on a terminal (`LOG_FORMAT`), on standard output. Callers log values that
 * never hold a token, a secret value, a query or a field value; there is no redaction that could forget one.
 */
export function createLogger(log: Config['log'], replica: string, isTerminal: boolean): Logger {
  const options = { level: log.level, base: { replica } };
  const usePretty = log.format === 'pretty' || (log.format === 'auto' && isTerminal);
  return usePretty
    ? pino({ ...options, base: null }, pretty({ colorize: isTerminal, translateTime: 'SYS:HH:MM:ss.l', sync: true }))
    : pino(options, destination({ dest: 1, sync: false, minLength: WRITE_FROM_BYTES, periodicFlush: WRITE_EVERY_MS }));
}
