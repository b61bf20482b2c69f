import { randomBytes } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const COUNTER_MAX = 0xfff;

let last = { time: 0, counter: 0 };

/**
 * A new UUIDv7 (RFC 9562, section 5.7), later than every one that this process made before: a counter fills the 12 bits
 * after the milliseconds (section 6.2, method 1), so that "newest first" by id is the order in which things happened.
 */
export function uuidV7(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  last = next(now, bytes.readUInt16BE(6) & 0xff);
  bytes.writeUIntBE(last.time, 0, 6);
  bytes.writeUInt16BE(0x7000 | last.counter, 6);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A full counter, or a clock that went back, borrows from the next millisecond. */
function next(now: number, start: number): { time: number; counter: number } {
  if (now > last.time) return { time: now, counter: start };
  if (last.counter < COUNTER_MAX) return { time: last.time, counter: last.counter + 1 };
  return { time: last.time + 1, counter: start };
}

/** Whether PostgreSQL would take the text for a uuid column; anything else names nothing and is answered as not found. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
