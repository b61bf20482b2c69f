import { entryAt } from './entry.fixture';
import { LiveBuffer } from './live-buffer';

describe('the live buffer', () => {
  it('gives what arrived in its order, once', () => {
    const buffer = new LiveBuffer();
    buffer.push(entryAt(1));
    buffer.push(entryAt(2));
    expect(buffer.size).toBe(2);
    expect(buffer.take()).toEqual({ entries: [entryAt(1), entryAt(2)], overflowed: false });
    expect(buffer.take()).toEqual({ entries: [], overflowed: false });
    expect(buffer.size).toBe(0);
  });

  it('keeps nothing past its capacity, and says so, but still counts', () => {
    const buffer = new LiveBuffer(3);
    for (let number = 1; number <= 10; number++) buffer.push(entryAt(number));
    expect(buffer.size).toBe(10);
    expect(buffer.take()).toEqual({ entries: [], overflowed: true });
  });

  it('starts afresh after an overflow', () => {
    const buffer = new LiveBuffer(1);
    buffer.push(entryAt(1));
    buffer.push(entryAt(2));
    buffer.take();
    buffer.push(entryAt(3));
    expect(buffer.take()).toEqual({ entries: [entryAt(3)], overflowed: false });
  });
});
