import { parsed, unreadable, type Parsed } from './parsed.js';

/** The forms of a request's path (no query) that patterns are compared with. The path that is sent stays as it came. */
export interface PathForms {
  /** Percent-encoded unreserved characters decoded, hexadecimal digits in upper case; `%2F` is no separator. */
  readonly exactPath: string;
  /** What lenient upstreams may read: see `widenedForm`. Restrictive rules are compared with it as well. */
  readonly widenedPath: string;
  /**
   * What upstreams read that are lenient in part: a `*` of a pattern stands for one segment, and a segment that is all `;parameter`
   * or holds a `%2F` is one to some and none or two to others. Usually empty; for restrictive rules, too.
   */
  readonly partlyWidenedPaths: readonly string[];
}

const PLAIN = /^[A-Za-z0-9\-._~/!$&'()*+,:=@]*$/;
// eslint-disable-next-line no-control-regex -- finding control bytes is the point
const CONTROL = /[\u0000-\u0020\u007f]/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const ENCODED_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
/** Two-byte spellings of ASCII, invalid in UTF-8 but read by lenient decoders: `%C0%AE` as a dot. */
const OVERLONG = /%c[01]%[89ab]/i;
const ENCODED_SLASH = /%(?:2f|5c)/i;
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:;[^/]*)?(?:\/|$)/;
const ESCAPE = /%[0-9A-Fa-f]{2}/g;
const PARAMETERS = /;[^/]*/g;
/** Of an exact form. */
const SEGMENT_IN_DOUBT = /;|%(?:2F|3B|5C)/;
const NONE: readonly string[] = [];
const RAW_BYTE = /[\u0080-\u00ff]/g;

/**
 * Why a path can be read in more than one way, or undefined. Each character of `path` is one byte, as in an HTTP head.
 * Looks for dot segments in every spelling that an upstream may decode (also twice, and with Tomcat's `..;x`).
 */
export function ambiguity(path: string): string | undefined {
  if (PLAIN.test(path)) return path.includes('/.') || path.startsWith('.') ? dotSegment(path) : undefined;
  if (CONTROL.test(path)) return 'The path has a space or a control character in it.';
  if (path.includes('\\')) return 'The path has a backslash in it, which some servers read as a slash.';
  if (BAD_ESCAPE.test(path)) return 'The path has a percent sign that no two hexadecimal digits follow.';
  if (ENCODED_CONTROL.test(path)) return 'The path has an encoded control character in it.';
  if (hasSlashInParameter(path)) return 'The path has an encoded slash inside a `;parameter`.';
  const ascii = encodeBytes(path);
  if (OVERLONG.test(ascii)) return 'The path has an overlong encoding of an ASCII character in it.';
  return dotSegment(ascii) ?? (ascii.includes('%25') ? dotSegment(ascii.replaceAll('%25', '%')) : undefined);
}

/** Both forms of a path, or why it is ambiguous. */
export function readPath(path: string): Parsed<PathForms> {
  const why = ambiguity(path);
  if (why !== undefined) return unreadable(why);
  const exactPath = exactForm(path);
  const widenedPath = widen(exactPath);
  return parsed({ exactPath, widenedPath, partlyWidenedPaths: partlyWidened(exactPath, widenedPath) });
}

/** The form that `allow` rules and secrets are compared with. */
export function exactForm(path: string): string {
  if (PLAIN.test(path)) return path;
  return encodeBytes(path).replace(ESCAPE, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return isUnreserved(character) ? character : escape.toUpperCase();
  });
}

/**
 * The form that restrictive rules are compared with too: every printable character decoded (`%25` stays), letter case
 * folded, `;parameters` dropped, `%2F` and `%5C` read as slashes, repeated slashes merged, no trailing slash.
 */
export function widenedForm(path: string): string {
  return widen(exactForm(path));
}

function widen(exact: string): string {
  const folded = decodePrintable(exact, '/').toLowerCase();
  if (!folded.includes(';') && !folded.includes('//') && !folded.endsWith('/')) return folded;
  return trimmed(folded.replace(PARAMETERS, ''));
}

/** Widened but for its encoded slashes, its parameters, or both. */
function partlyWidened(exact: string, widened: string): readonly string[] {
  if (!SEGMENT_IN_DOUBT.test(exact)) return NONE;
  const [kept, whole] = [decodePrintable(exact, '%2f'), decodePrintable(exact, '/')];
  const paths = new Set([kept, whole, kept.replace(PARAMETERS, '')].map((path) => trimmed(path.toLowerCase())));
  paths.delete(widened);
  return [...paths];
}

function trimmed(path: string): string {
  const merged = path.replace(/\/{2,}/g, '/');
  return merged.length > 1 && merged.endsWith('/') ? merged.slice(0, -1) : merged;
}

function decodePrintable(text: string, slash: string): string {
  if (!text.includes('%')) return text;
  return text.replace(ESCAPE, (escape) => {
    const code = Number.parseInt(escape.slice(1), 16);
    if (code === 0x2f || code === 0x5c) return slash;
    return code >= 0x20 && code < 0x7f && code !== 0x25 ? String.fromCharCode(code) : escape;
  });
}

function dotSegment(path: string): string | undefined {
  const decoded = path
    .replace(/%2e/gi, '.')
    .replace(/%2f|%5c/gi, '/')
    .replace(/%3b/gi, ';');
  return DOT_SEGMENT.test(decoded) ? 'The path has a `.` or `..` segment, in clear or encoded.' : undefined;
}

/** Whether dropping parameters before or after decoding gives different paths. One pass: a regular expression is not linear. */
function hasSlashInParameter(path: string): boolean {
  if (!path.includes(';')) return false;
  return path.split('/').some((segment) => {
    const semicolon = segment.indexOf(';');
    return semicolon >= 0 && ENCODED_SLASH.test(segment.slice(semicolon));
  });
}

/** Bytes above ASCII as escapes, so that a raw and an encoded UTF-8 spelling compare equal. */
function encodeBytes(text: string): string {
  return text.replace(RAW_BYTE, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

function isUnreserved(character: string): boolean {
  return /^[A-Za-z0-9\-._~]$/.test(character);
}
