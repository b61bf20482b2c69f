/** Batches of request log entries on their way into the database. */
export const REQUEST_LOG_QUEUE = 'request-log';

/** Work that runs by the clock. */
export const RETENTION_QUEUE = 'request-log-retention';
