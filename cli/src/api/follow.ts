import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.js';
import { ApiFailure } from './api-failure.js';
import type { ControlPlane } from './control-plane.js';
import { readEvents, type ServerEvent } from './event-stream.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Follows an event stream without end: a broken one is opened again, from the last event on (Last-Event-ID).
 * @param onBreak told once for each break, and once when the stream is there again
 * @throws Failure when the first attempt fails, or when the control plane says no
 */
export async function* follow(
  controlPlane: ControlPlane,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  onBreak: (state: 'broken' | 'restored') => void,
): AsyncGenerator<ServerEvent> {
  let lastEventId: string | undefined;
  let pause = FIRST_PAUSE_MS;
  let isBroken = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const stream = await controlPlane.openStream(path, query, lastEventId);
      if (isBroken) onBreak('restored');
      isBroken = false;
      pause = FIRST_PAUSE_MS;
      for await (const event of readEvents(stream.setEncoding('utf8'))) {
        lastEventId = event.id ?? lastEventId;
        yield event;
      }
    } catch (error) {
      const isRefusal = error instanceof ApiFailure && error.status < 500;
      if (isRefusal || (attempt === 0 && error instanceof Failure)) throw error;
    }
    if (!isBroken) onBreak('broken');
    isBroken = true;
    await sleep(pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
