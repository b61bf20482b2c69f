import { isUuid, uuidV7 } from './uuid-v7.js';

describe('a UUIDv7', () => {
  it('carries the time, the version and the variant', () => {
    const now = Date.now() + 1000;
    const id = uuidV7(now);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(now);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(id)).toBe(true);
  });

  it('is later than every one before it, in one millisecond too and when the clock goes back', () => {
    const now = Date.now() + 10_000;
    const ids = Array.from({ length: 20_000 }, (_, index) => uuidV7(now - (index % 3)));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(20_000);
  });

  it.each(['', 'x', '01981234-5678-7000-8000-00000000000', "'; drop table agent --"])(
    'does not take %j for one',
    (text) => {
      expect(isUuid(text)).toBe(false);
    },
  );
});
