/** A line being typed without echo, as a value: what is there so far and whether it has ended. */
export interface HiddenLine {
  readonly typed: string;
  readonly end: 'open' | 'entered' | 'interrupted';
}

export const EMPTY_LINE: HiddenLine = { typed: '', end: 'open' };

const INTERRUPT = '\u0003';
const END_OF_INPUT = '\u0004';
const ERASE_LINE = '\u0015';
const ERASE_WORD = '\u0017';
const ERASE = new Set(['\b', '\u007f']);

/** What a terminal in raw mode sends, keys and pastes alike; what follows Enter is dropped. */
export function type(line: HiddenLine, keys: string): HiddenLine {
  let { typed } = line;
  for (const key of keys) {
    if (key === INTERRUPT) return { typed: '', end: 'interrupted' };
    if (key === '\r' || key === '\n') return { typed, end: 'entered' };
    if (key === END_OF_INPUT && typed === '') return { typed, end: 'interrupted' };
    if (ERASE.has(key)) typed = typed.replace(/.$/su, '');
    else if (key === ERASE_LINE || key === ERASE_WORD) typed = '';
    // Other controls, an arrow key's escape included, are no part of any credential.
    else if (key >= ' ') typed += key;
  }
  return { typed, end: 'open' };
}
