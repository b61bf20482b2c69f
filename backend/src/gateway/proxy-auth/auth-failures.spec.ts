import { AuthFailures } from './auth-failures.js';

describe('authentication failures', () => {
  it('are let through up to the limit, then refused until the minute is over', () => {
    const failures = new AuthFailures(2);
    expect(failures.note('192.0.2.1', 0)).toBeUndefined();
    expect(failures.note('192.0.2.1', 1_000)).toBeUndefined();
    expect(failures.note('192.0.2.1', 10_000)).toBe(50);
    expect(failures.note('192.0.2.1', 60_000)).toBeUndefined();
  });

  it('are counted per address', () => {
    const failures = new AuthFailures(1);
    failures.note('192.0.2.1', 0);
    expect(failures.note('192.0.2.2', 0)).toBeUndefined();
    expect(failures.note('192.0.2.1', 0)).toBe(60);
  });

  it('forget the oldest address before memory grows without bound', () => {
    const failures = new AuthFailures(1);
    for (let i = 0; i <= 20_000; i += 1) failures.note(`address ${i}`, 0);
    expect(failures.note('address 0', 0)).toBeUndefined();
    expect(failures.note('address 20000', 0)).toBe(60);
  });
});
