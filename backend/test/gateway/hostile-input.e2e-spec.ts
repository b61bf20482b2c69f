import fc from 'fast-check';
import { describeFaults, faultsOf } from '../fuzz/arrival-properties.js';
import { FuzzTally } from '../fuzz/fuzz-tally.js';
import { HostileLane } from '../fuzz/hostile-lane.js';
import { hostileConversation } from '../fuzz/hostile-requests.js';
import { startWatchedGateway, type WatchedGateway } from '../fuzz/watched-gateway.js';

/** `npm run fuzz` sets these, and looks from a new seed each time; an ordinary run goes where it has been. */
const RUNS = Number(process.env['ONECLI_FUZZ_RUNS'] ?? 2000);
const SEED = Number(process.env['ONECLI_FUZZ_SEED'] ?? 20_261_124);
/** Only Linux answers on all of 127.0.0.0/8; elsewhere one conversation follows the other. */
const LANES = process.platform === 'linux' ? 12 : 1;

let watched: WatchedGateway | undefined;
let lanes: readonly HostileLane[] = [];

beforeAll(async () => {
  const started = await startWatchedGateway();
  watched = started;
  lanes = await Promise.all(Array.from({ length: LANES }, (_, number) => HostileLane.open(started, number)));
});

afterAll(async () => {
  await watched?.close();
  await Promise.all(lanes.map((lane) => lane.close()));
});

describe('hostile input', () => {
  it('arrives only as it was decided, and is otherwise refused whole', async () => {
    const tally = new FuzzTally(SEED);
    const progress = setInterval(() => tally.report(), 10_000);
    // A lane stops at its share of the requests; the conversations that fast-check still makes are then not sent.
    const share = RUNS / LANES;
    const checks = lanes.map(async (lane, number) => {
      let sent = 0;
      const property = fc.asyncProperty(hostileConversation, async (conversation) => {
        if (sent >= share) return;
        const observed = await lane.converse(conversation);
        sent += conversation.requests.length;
        tally.count(observed);
        const faults = faultsOf(observed);
        if (faults.length > 0) throw new Error(describeFaults(faults, observed));
      });
      await fc.assert(property, { seed: SEED + number, numRuns: Math.ceil(share), endOnFailure: RUNS > 2000 });
    });
    const outcomes = await Promise.allSettled(checks);
    clearInterval(progress);
    tally.report();
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    expect(watched?.unexplainedLookups()).toEqual([]);
    expect(watched?.unended).toBe(0);
    // A gateway that refuses everything would pass all of the above.
    expect(tally.arrived).toBeGreaterThan(RUNS / 10);
  }, 3_600_000);
});
