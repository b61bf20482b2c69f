import { BATCH_ENTRIES, decodeBatches, encodeBatch, joinBatches } from './spool-format.js';

const entries = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ id: from + n, path: `/ü/${from + n}\n` }));
const idsOf = (lines: string) =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: number }).id);

describe('the spool format', () => {
  it('gives back what was written, batch by batch', () => {
    const bytes = Buffer.concat([encodeBatch(entries(3), 0).bytes, encodeBatch(entries(2, 3), 0).bytes]);
    const { batches, skippedBytes } = decodeBatches(bytes);
    expect(batches.map((batch) => idsOf(batch.lines))).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(batches.map((batch) => batch.count)).toEqual([3, 2]);
    expect(batches.at(-1)?.end).toBe(bytes.length);
    expect(skippedBytes).toBe(0);
  });

  it('never puts more than a batch into a batch', () => {
    const many = entries(BATCH_ENTRIES + 7);
    const first = encodeBatch(many, 0);
    const second = encodeBatch(many, first.count);
    expect([first.count, second.count]).toEqual([BATCH_ENTRIES, 7]);
    expect(
      encodeBatch(
        Array.from({ length: 100 }, () => 'x'.repeat(100_000)),
        0,
      ).count,
    ).toBe(11);
  });

  it('skips a last batch that was torn anywhere, and keeps those before it', () => {
    const whole = encodeBatch(entries(3), 0).bytes;
    const torn = encodeBatch(entries(3, 3), 0).bytes;
    for (let cut = 1; cut < torn.length; cut += 1) {
      const { batches, skippedBytes } = decodeBatches(Buffer.concat([whole, torn.subarray(0, cut)]));
      expect(batches.map((batch) => idsOf(batch.lines))).toEqual([[0, 1, 2]]);
      expect(skippedBytes).toBe(cut);
    }
  });

  it('skips a damaged batch and goes on with the next', () => {
    const [first, second, third] = [0, 3, 6].map((from) => encodeBatch(entries(3, from), 0).bytes) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    for (let position = 0; position < second.length; position += 1) {
      const damaged = Buffer.from(second);
      damaged[position] = (damaged[position] ?? 0) ^ 0x01;
      const { batches, skippedBytes } = decodeBatches(Buffer.concat([first, damaged, third]));
      expect(batches.map((batch) => idsOf(batch.lines))).toEqual([
        [0, 1, 2],
        [6, 7, 8],
      ]);
      expect(skippedBytes).toBe(second.length);
    }
  });

  it('takes zeros, as a file system may leave after a power cut, for nothing', () => {
    const whole = encodeBatch(entries(1), 0).bytes;
    const { batches, skippedBytes } = decodeBatches(Buffer.concat([whole, Buffer.alloc(4096)]));
    expect(batches).toHaveLength(1);
    expect(skippedBytes).toBe(4096);
  });

  it('reports ends as offsets in the segment when it reads from the middle', () => {
    const first = encodeBatch(entries(1), 0).bytes;
    const second = encodeBatch(entries(1, 1), 0).bytes;
    const { batches } = decodeBatches(second, first.length);
    expect(batches.map((batch) => batch.end)).toEqual([first.length + second.length]);
  });

  it('joins small batches up to one job', () => {
    const bytes = Buffer.concat(Array.from({ length: 12 }, (_, n) => encodeBatch(entries(100, n * 100), 0).bytes));
    const joined = joinBatches(decodeBatches(bytes).batches);
    expect(joined.map((batch) => batch.count)).toEqual([500, 500, 200]);
    expect(joined.flatMap((batch) => idsOf(batch.lines))).toEqual(Array.from({ length: 1200 }, (_, n) => n));
    expect(joined.at(-1)?.end).toBe(bytes.length);
  });
});
