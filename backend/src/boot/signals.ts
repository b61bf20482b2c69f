/** The first signal stops in order; within this time a second one is the same key press, delivered twice. */
const SAME_PRESS_MS = 1000;

/**
 * Ends the process with status 0 once `stop` is done, on SIGINT, SIGTERM and SIGHUP, or when the start script that holds our
 * channel is gone. A further signal more than a second later ends at once: a terminal and a start script both
 * deliver the first one.
 */
export function endOnSignals(stop: () => Promise<void>): void {
  let firstAt: number | undefined;
  const onSignal = (signal: string) => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      void stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    } else if (signal !== 'disconnect' && Date.now() - firstAt > SAME_PRESS_MS) {
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal(signal));
  if (process.connected) process.once('disconnect', () => onSignal('disconnect'));
}

/**
 * An error that nobody handled leaves the process in a state that nobody thought of. A gateway which holds credentials does not
 * guess: it logs, flushes what it can, ends with status 1, and its supervisor starts it afresh. Faults of clients and
 * upstreams never come here; they are handled where they happen.
 */
export function endOnFaults(fail: (fault: unknown) => Promise<void>): void {
  let failing = false;
  const onFault = (fault: unknown) => {
    if (failing) return;
    failing = true;
    void fail(fault).finally(() => process.exit(1));
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}
