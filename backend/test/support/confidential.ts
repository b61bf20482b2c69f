/** Something that must not appear, and how the finding is called. The name says nothing of the value. */
export interface Confidential {
  readonly name: string;
  readonly forms: readonly string[];
}

/** Parsers quote about this much of what they stumble over. */
const QUOTED = 10;

/**
 * Text in every form that a program may write it: as it is, JSON, percent-encoded, hex, base64 in all alignments; the whole,
 * its halves, and in clear its beginning.
 */
export function confidentialText(name: string, value: string): Confidential {
  const half = Math.ceil(value.length / 2);
  const pieces = [value, value.slice(0, half), value.slice(-half)];
  return {
    name,
    forms: [
      ...new Set([
        value.slice(0, QUOTED),
        ...pieces.flatMap((piece) => [
          piece,
          JSON.stringify(piece).slice(1, -1),
          encodeURIComponent(piece),
          Buffer.from(piece, 'utf8').toString('latin1'),
          ...formsOfBytes(Buffer.from(piece, 'utf8')),
        ]),
      ]),
    ],
  };
}

/** Bytes, as a key is: raw, hex, base64. */
export function confidentialBytes(name: string, bytes: Buffer): Confidential {
  return { name, forms: [bytes.toString('latin1'), ...formsOfBytes(bytes)] };
}

/** The names of what stands in the text. Bytes are searched as Latin-1, so that nothing of them is lost by decoding. */
export function foundIn(text: string, wanted: readonly Confidential[]): readonly string[] {
  return wanted.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ name }) => name);
}

function formsOfBytes(bytes: Buffer): string[] {
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((shift) => alignedBase64(bytes, shift));
  return [hex, hex.toUpperCase(), ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** The characters that stand for these bytes alone, whatever is encoded before and after them. */
function alignedBase64(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes, Buffer.alloc(3)]).toString('base64');
  return text.slice(shift === 0 ? 0 : 4, -8);
}
