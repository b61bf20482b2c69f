/**
 * Names and paths come from agents and must not drive the terminal: C0 and C1 controls, line separators and the
 * characters that reorder text (Unicode TR36, "bidi spoofing") become visible.
 */
export function visible(words: string): string {
  return words.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** Columns that a character takes: East Asian wide and emoji two, combining marks and joiners none. */
function characterWidth(character: string): number {
  if (/^(\p{Mark}|\u200b|\u200c|\u200d)$/u.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  const isWide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return isWide ? 2 : 1;
}

export function displayWidth(words: string): number {
  let width = 0;
  for (const character of words) width += characterWidth(character);
  return width;
}

/** At most `width` columns; what was cut off leaves an ellipsis. */
export function fit(words: string, width: number): string {
  if (displayWidth(words) <= width) return words;
  let kept = '';
  let used = 0;
  for (const character of words) {
    used += characterWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept}…`;
}
