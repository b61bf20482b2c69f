import { crc32 } from 'node:zlib';

/** Most entries in one batch; a batch is one job of the queue. */
export const BATCH_ENTRIES = 500;

/** A batch closes once it is this large, in bytes. */
const BATCH_BYTES = 1024 * 1024;

/** Batch lines, as they travel through the queue: one JSON object per line, each with a final line feed. */
export interface SpoolBatch {
  readonly lines: string;
  readonly count: number;
}

/** A batch that was read back. `end` is the offset of the first byte behind it. */
export interface StoredBatch extends SpoolBatch {
  readonly end: number;
}

/** What a stretch of a segment holds. `skippedBytes` were no whole batch: torn by a crash, or damaged. */
export interface SpoolContents {
  readonly batches: readonly StoredBatch[];
  readonly skippedBytes: number;
}

/** What `encodeBatch` made; `count` of the entries are in it. */
export interface EncodedBatch {
  readonly bytes: Buffer;
  readonly count: number;
}

const HEADER = /^(batch (\d{1,6}) (\d{1,9})) ([0-9a-f]{8})$/;
const HEADER_START = Buffer.from('batch ');
const HEADER_MAX_BYTES = 32;
const LINE_FEED = 0x0a;

/**
 * One batch as it is appended to a segment: a line `batch <entries> <bytes> <crc32>`, then that many bytes of NDJSON. The
 * checksum tells a whole batch from one that a crash tore. Takes entries from `from` on, up to the limits of a batch.
 */
export function encodeBatch(entries: readonly unknown[], from: number): EncodedBatch {
  let lines = '';
  let count = 0;
  while (count < BATCH_ENTRIES && from + count < entries.length && lines.length < BATCH_BYTES) {
    lines += `${JSON.stringify(entries[from + count])}\n`;
    count += 1;
  }
  const payload = Buffer.from(lines);
  const sizes = `batch ${count} ${payload.length}`;
  const checksum = checksumOf(sizes, payload).toString(16).padStart(8, '0');
  return { bytes: Buffer.concat([Buffer.from(`${sizes} ${checksum}\n`), payload]), count };
}

/** Reads the whole batches of a segment's bytes. After damage it goes on at the next line that begins a whole batch. */
export function decodeBatches(bytes: Buffer, offset = 0): SpoolContents {
  const batches: StoredBatch[] = [];
  let position = 0;
  let skippedBytes = 0;
  while (position < bytes.length) {
    const batch = batchAt(bytes, position);
    if (batch === undefined) {
      const next = nextCandidate(bytes, position);
      skippedBytes += next - position;
      position = next;
    } else {
      batches.push({ ...batch, end: offset + batch.end });
      position = batch.end;
    }
  }
  return { batches, skippedBytes };
}

/** Joins neighbours, so that a backlog of small batches becomes few jobs. The result ends where the last one ends. */
export function joinBatches(batches: readonly StoredBatch[]): StoredBatch[] {
  const joined: StoredBatch[] = [];
  for (const batch of batches) {
    const last = joined.at(-1);
    const fits = last !== undefined && last.count + batch.count <= BATCH_ENTRIES && last.lines.length < BATCH_BYTES;
    if (fits)
      joined[joined.length - 1] = { lines: last.lines + batch.lines, count: last.count + batch.count, end: batch.end };
    else joined.push(batch);
  }
  return joined;
}

function batchAt(bytes: Buffer, position: number): StoredBatch | undefined {
  const lineEnd = bytes.indexOf(LINE_FEED, position);
  if (lineEnd < 0 || lineEnd - position > HEADER_MAX_BYTES) return undefined;
  const header = HEADER.exec(bytes.toString('latin1', position, lineEnd));
  if (header === null) return undefined;
  const [, sizes = '', count, length, checksum = ''] = header;
  const end = lineEnd + 1 + Number(length);
  if (end > bytes.length) return undefined;
  const payload = bytes.subarray(lineEnd + 1, end);
  if (checksumOf(sizes, payload) !== Number.parseInt(checksum, 16)) return undefined;
  return { lines: payload.toString('utf8'), count: Number(count), end };
}

function checksumOf(sizes: string, payload: Buffer): number {
  return crc32(payload, crc32(sizes));
}

/** Where the next header may begin. JSON holds no raw line feed, so no text within a line can pass for a header. */
function nextCandidate(bytes: Buffer, position: number): number {
  const found = bytes.indexOf(HEADER_START, position + 1);
  return found < 0 ? bytes.length : found;
}
