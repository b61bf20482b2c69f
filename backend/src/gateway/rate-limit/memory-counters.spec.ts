import fc from 'fast-check';
import { MemoryCounters, type CountedLimit } from './memory-counters.js';

const MINUTE = 60_000;
const at = Date.UTC(2026, 0, 1, 12, 0, 30);
const aLimit = (overrides: Partial<CountedLimit> = {}): CountedLimit => ({
  ruleId: 'rule',
  limit: 2,
  windowMs: MINUTE,
  ...overrides,
});

describe('counters in memory', () => {
  it('let exactly N through in a window, then say when it resets', () => {
    const counters = new MemoryCounters();
    const answers = [1, 2, 3].map(() => counters.take([aLimit()], 'agent', at));
    expect(answers).toEqual([undefined, undefined, { limit: aLimit(), resetsAt: Date.UTC(2026, 0, 1, 12, 1, 0) }]);
  });

  it('begin anew at the full minute, not a minute after the first request', () => {
    const counters = new MemoryCounters();
    counters.take([aLimit({ limit: 1 })], 'agent', at);
    expect(counters.take([aLimit({ limit: 1 })], 'agent', at + 29_999)).toBeDefined();
    expect(counters.take([aLimit({ limit: 1 })], 'agent', at + 30_000)).toBeUndefined();
  });

  it('count each agent and each rule by itself', () => {
    const counters = new MemoryCounters();
    const one = aLimit({ limit: 1 });
    expect(counters.take([one], 'a', at)).toBeUndefined();
    expect(counters.take([one], 'b', at)).toBeUndefined();
    expect(counters.take([{ ...one, ruleId: 'other' }], 'a', at)).toBeUndefined();
    expect(counters.take([one], 'a', at)).toBeDefined();
  });

  it('consume nothing anywhere when one of several limits refuses', () => {
    const counters = new MemoryCounters();
    const narrow = aLimit({ ruleId: 'narrow', limit: 1 });
    const wide = aLimit({ ruleId: 'wide', limit: 3 });
    counters.take([narrow, wide], 'agent', at);
    for (let i = 0; i < 5; i += 1) expect(counters.take([narrow, wide], 'agent', at)).toBeDefined();
    expect(counters.take([wide], 'agent', at)).toBeUndefined();
    expect(counters.take([wide], 'agent', at)).toBeUndefined();
    expect(counters.take([wide], 'agent', at)).toBeDefined();
  });

  it('answer with the limit that resets last', () => {
    const counters = new MemoryCounters();
    const minute = aLimit({ ruleId: 'minute', limit: 1 });
    const hour = aLimit({ ruleId: 'hour', limit: 1, windowMs: 60 * MINUTE });
    counters.take([minute, hour], 'agent', at);
    expect(counters.take([minute, hour], 'agent', at)?.limit.ruleId).toBe('hour');
  });

  it('keep their counts over a restart', () => {
    const before = new MemoryCounters();
    before.take([aLimit()], 'agent', at);
    const after = new MemoryCounters();
    after.restore(before.takeChanged(at));
    expect(after.take([aLimit()], 'agent', at + 1)).toBeUndefined();
    expect(after.take([aLimit()], 'agent', at + 2)).toBeDefined();
  });

  it('hand out only what changed, and forget windows that are over', () => {
    const counters = new MemoryCounters();
    counters.take([aLimit()], 'agent', at);
    expect(counters.takeChanged(at)).toHaveLength(1);
    expect(counters.takeChanged(at)).toHaveLength(0);
    counters.take([aLimit()], 'agent', at);
    expect(counters.takeChanged(at + MINUTE)).toHaveLength(0);
  });

  it('never let more than N through in any window, whatever the times of the requests', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 5 * MINUTE })),
        (limit, offsets) => {
          const counters = new MemoryCounters();
          const passed = new Map<number, number>();
          for (const offset of offsets.sort((a, b) => a - b)) {
            const now = at + offset;
            if (counters.take([aLimit({ limit })], 'agent', now) === undefined) {
              const window = Math.floor(now / MINUTE);
              passed.set(window, (passed.get(window) ?? 0) + 1);
            }
          }
          expect([...passed.values()].every((count) => count <= limit)).toBe(true);
        },
      ),
    );
  });
});
