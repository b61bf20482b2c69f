import fc from 'fast-check';
import { closeFrame } from './close-frame.js';
import { FrameBoundaries } from './frame-boundaries.js';

const OPCODES = [0x0, 0x1, 0x2, 0x9, 0xa];

interface Frame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly masked: boolean;
  readonly length: number;
}

/** As RFC 6455, 5.2 draws it. The payload is full of bytes that look like heads. */
function encode({ opcode, fin, masked, length }: Frame): Buffer {
  const first = (fin ? 0x80 : 0) | opcode;
  const mask = masked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, mask | length])
      : length < 65_536
        ? Buffer.from([first, mask | 126, length >> 8, length & 0xff])
        : Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff]);
  return Buffer.concat([
    head,
    masked ? Buffer.from([0x88, 0x88, 0x88, 0x88]) : Buffer.alloc(0),
    Buffer.alloc(length, 0x88),
  ]);
}

const frame = fc.record({
  opcode: fc.constantFrom(...OPCODES),
  fin: fc.boolean(),
  masked: fc.boolean(),
  length: fc.oneof(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 120, max: 130 }),
    fc.constantFrom(65_535, 65_536, 70_000),
  ),
});

/** Frames, and the same bytes cut into pieces anywhere. */
const cutFrames = fc
  .tuple(fc.array(frame, { minLength: 1, maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }))
  .map(([frames, sizes]) => {
    const encoded = frames.map(encode);
    const bytes = Buffer.concat(encoded);
    const pieces: Buffer[] = [];
    for (let at = 0, i = 0; at < bytes.length; i += 1) {
      const size = i < 300 ? (sizes[i % sizes.length] ?? 1) : bytes.length;
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    const ends = new Set<number>([0]);
    encoded.reduce((end, { length }) => (ends.add(end + length), end + length), 0);
    return { bytes, pieces, ends };
  });

describe('frame boundaries', () => {
  it('are where frames end, however the bytes were cut', () => {
    fc.assert(
      fc.property(cutFrames, ({ pieces, ends }) => {
        const frames = new FrameBoundaries();
        let seen = 0;
        const wrong = pieces.filter((piece) => {
          frames.advance(piece);
          seen += piece.length;
          return frames.atBoundary !== ends.has(seen);
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('are found within a piece: the next one after what was seen', () => {
    fc.assert(
      fc.property(cutFrames, fc.nat(), ({ bytes, ends }, somewhere) => {
        const frames = new FrameBoundaries();
        const seen = somewhere % (bytes.length + 1);
        frames.advance(bytes.subarray(0, seen));
        const next = Math.min(...[...ends].filter((end) => end >= seen));
        expect(seen + frames.advanceToBoundary(bytes.subarray(seen))).toBe(next);
        expect(frames.atBoundary).toBe(true);
      }),
    );
  });

  it('end with a close frame', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(frame, { maxLength: 3 }), (masked, before) => {
        const frames = new FrameBoundaries();
        const close = closeFrame(1001, 'bye', masked ? Buffer.from([1, 2, 3, 4]) : undefined);
        frames.advance(Buffer.concat([...before.map(encode), close.subarray(0, -1)]));
        expect(frames.closed).toBe(false);
        frames.advance(close.subarray(-1));
        expect(frames.closed).toBe(true);
        frames.advance(Buffer.from([0x81, 0x00]));
        expect(frames.atBoundary).toBe(false);
      }),
    );
  });

  it('do not come in the middle of a frame of absurd length', () => {
    const frames = new FrameBoundaries();
    frames.advance(Buffer.from([0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    frames.advance(Buffer.alloc(1_000_000));
    expect(frames.atBoundary).toBe(false);
  });
});
