/** Wildcards inside a glob, as characters that no path contains. */
export const IN_SEGMENT = '\ue000';
export const CROSSING = '\ue001';
/** A final `*`: everything that follows. */
export const REST = '\ue002';

const SLASH = 0x2f;
const ASCII = 128;
const ANY_BUT_SLASH = -1;

/**
 * A glob as a bit-parallel automaton (extended Shift-And): a state is a bit, a literal leads to the next one, a wildcard
 * is a state that stays. A step is one pass over `words` 32-bit words whatever the text, so that matching is linear in
 * the path's length and no pattern can make it slow.
 */
export interface GlobAutomaton {
  readonly words: number;
  /** Row of `enter` for each ASCII character; row 0 is for all that the glob does not name. */
  readonly rows: Uint16Array;
  /** For each row, the states that reading such a character may enter. */
  readonly enter: Uint32Array;
  /** States that are kept when any character but a slash, or a slash, is read. */
  readonly stay: Uint32Array;
  readonly stayOnSlash: Uint32Array;
  /** States that are left as soon as they are entered: what is between two slashes around `**` may be missing. */
  readonly optional: Uint32Array;
  readonly accept: Uint32Array;
}

/** Compiles a glob of ASCII literals and the wildcards above. */
export function compileGlob(glob: string): GlobAutomaton {
  const draft = new Draft();
  let at = 0;
  while (at < glob.length) at += draft.read(glob, at);
  return draft.finish();
}

/** Whether the whole text matches. `steps`, when given, counts the words touched. */
export function runGlob(glob: GlobAutomaton, text: string, steps?: { count: number }): boolean {
  const { words } = glob;
  let now = new Uint32Array(words);
  let next = new Uint32Array(words);
  now[0] = 1;
  for (let at = 0; at < text.length; at += 1) {
    advance(glob, text.charCodeAt(at), now, next);
    if (steps !== undefined) steps.count += words;
    [now, next] = [next, now];
  }
  return intersects(now, glob.accept);
}

function advance(glob: GlobAutomaton, code: number, now: Uint32Array, next: Uint32Array): void {
  const row = (code < ASCII ? (glob.rows[code] ?? 0) : 0) * glob.words;
  const stay = code === SLASH ? glob.stayOnSlash : glob.stay;
  let carry = 0;
  let skipCarry = 0;
  for (let word = 0; word < glob.words; word += 1) {
    const here = now[word] ?? 0;
    const entered = ((here << 1) | carry) & (glob.enter[row + word] ?? 0);
    const skipping = entered & (glob.optional[word] ?? 0);
    next[word] = entered | (skipping << 1) | skipCarry | (here & (stay[word] ?? 0));
    carry = here >>> 31;
    skipCarry = skipping >>> 31;
  }
}

function intersects(some: Uint32Array, others: Uint32Array): boolean {
  for (let word = 0; word < some.length; word += 1) {
    if (((some[word] ?? 0) & (others[word] ?? 0)) !== 0) return true;
  }
  return false;
}

/** The states in order while a glob is read: what leads to each (state 0 is the start), and which of them stay. */
class Draft {
  readonly #entries: number[] = [0];
  readonly #stay: number[] = [];
  readonly #stayOnSlash: number[] = [];
  readonly #optional: number[] = [];
  readonly #accept: number[] = [];

  get #last(): number {
    return this.#entries.length - 1;
  }

  /** Takes what stands at `at`; gives its length. */
  read(glob: string, at: number): number {
    if (glob.startsWith(`/${CROSSING}/`, at)) return this.#readAnyDepth();
    const character = glob.charAt(at);
    switch (character) {
      case IN_SEGMENT:
        if (isWholeSegment(glob, at)) this.#entries.push(ANY_BUT_SLASH);
        this.#stay.push(this.#last);
        break;
      case CROSSING:
        this.#stayOnAny();
        break;
      case REST:
        // A final slash and star is the part before the slash, and all under it.
        if (glob.charAt(at - 1) === '/') this.#accept.push(this.#last - 1);
        this.#stayOnAny();
        break;
      default:
        this.#entries.push(character.charCodeAt(0));
    }
    return 1;
  }

  finish(): GlobAutomaton {
    const words = Math.ceil(this.#entries.length / 32);
    const rows = rowsOf(this.#entries);
    return {
      words,
      rows,
      enter: enterMasks(this.#entries, rows, words),
      stay: mask(this.#stay, words),
      stayOnSlash: mask(this.#stayOnSlash, words),
      optional: mask(this.#optional, words),
      accept: mask([...this.#accept, this.#last], words),
    };
  }

  /** A slash alone, or a slash, any depth, and a slash. */
  #readAnyDepth(): number {
    this.#entries.push(SLASH);
    this.#stayOnAny();
    this.#optional.push(this.#last);
    this.#entries.push(SLASH);
    return 3;
  }

  #stayOnAny(): void {
    this.#stay.push(this.#last);
    this.#stayOnSlash.push(this.#last);
  }
}

/** A `*` that is a whole segment stands for at least one character, so that merged slashes open nothing. */
function isWholeSegment(glob: string, at: number): boolean {
  const after = glob.charAt(at + 1);
  return glob.charAt(at - 1) === '/' && (after === '/' || after === '');
}

function rowsOf(entries: readonly number[]): Uint16Array {
  const rows = new Uint16Array(ASCII);
  let used = 1;
  for (const code of [SLASH, ...entries.slice(1)]) {
    if (code < 0 || rows[code] !== 0) continue;
    rows[code] = used;
    used += 1;
  }
  return rows;
}

function enterMasks(entries: readonly number[], rows: Uint16Array, words: number): Uint32Array {
  const count = Math.max(...rows) + 1;
  const masks = new Uint32Array(count * words);
  entries.forEach((code, state) => {
    if (state === 0) return;
    for (let row = 0; row < count; row += 1) {
      const enters = code === ANY_BUT_SLASH ? row !== rows[SLASH] : row === rows[code];
      if (enters) set(masks, row * words, state);
    }
  });
  return masks;
}

function mask(states: readonly number[], words: number): Uint32Array {
  const bits = new Uint32Array(words);
  for (const state of states) set(bits, 0, state);
  return bits;
}

function set(masks: Uint32Array, offset: number, state: number): void {
  const word = offset + (state >>> 5);
  masks[word] = ((masks[word] ?? 0) | (1 << (state & 31))) >>> 0;
}
