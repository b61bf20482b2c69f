import { waterfall } from './waterfall';

describe('the waterfall', () => {
  it('turns marks into stages that follow each other and fill the whole', () => {
    const stages = waterfall({ timings: { auth: 10, decide: 20, connect: 60, firstByte: 80 }, durationMs: 100 });
    expect(stages.map(({ name, left, width }) => [name, left, width])).toEqual([
      ['Authenticate', 0, 10],
      ['Decide', 10, 10],
      ['Connect', 20, 40],
      ['First byte', 60, 20],
      ['Answer', 80, 20],
    ]);
  });

  it('leaves out stages that were not reached', () => {
    const stages = waterfall({
      timings: { auth: 0.04, decide: 0.11, connect: null, firstByte: null },
      durationMs: 0.2,
    });
    expect(stages.map(({ name }) => name)).toEqual(['Authenticate', 'Decide', 'Answer']);
    expect(stages[2]?.length).toBeCloseTo(0.09);
  });

  it('never draws outside, whatever the numbers are', () => {
    const stages = waterfall({ timings: { auth: 5, decide: 3, connect: null, firstByte: 9 }, durationMs: 0 });
    for (const { left, width } of stages) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(width).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(100.000001);
    }
  });
});
