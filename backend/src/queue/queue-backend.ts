import { setTimeout as pause } from 'node:timers/promises';
import { createPostgresBackend } from 'bullmq';

/** How long a worker waits after a failed attempt to get a job, in milliseconds. */
const AFTER_FAILURE_MS = 1000;

/**
 * BullMQ's PostgreSQL backend, slow to ask again. BullMQ 6.7 waits only after a refused connection; a server that starts up, or has no
 * connection left, fails within a millisecond, and workers would ask it thousands of times a second.
 */
export const createPatientBackend: typeof createPostgresBackend = (name, options, factoryOptions) => {
  const backend = createPostgresBackend(name, options, factoryOptions);
  const moveToActive = backend.moveToActive.bind(backend);
  backend.moveToActive = async (...request) => {
    try {
      const taken: unknown[] = await moveToActive(...request);
      return taken;
    } catch (error) {
      await pause(AFTER_FAILURE_MS);
      throw error;
    }
  };
  return backend;
};
