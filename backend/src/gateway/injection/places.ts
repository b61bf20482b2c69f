import { fieldKey } from '../../../../libs/patterns/injection.js';

/**
 * Puts one field where the first of that name stood (at the end when there was none) and removes all others, in any
 * letter case and with underscores for hyphens.
 */
export function replaceField(headers: string[], name: string, value: string): void {
  const key = fieldKey(name);
  let kept = 0;
  let placed = false;
  for (let at = 0; at < headers.length; at += 2) {
    const present = headers[at] ?? '';
    const isSame = present.length === name.length && fieldKey(present) === key;
    if (isSame && placed) continue;
    headers[kept] = isSame ? name : present;
    headers[kept + 1] = isSame ? value : (headers[at + 1] ?? '');
    placed ||= isSame;
    kept += 2;
  }
  headers.length = kept;
  if (!placed) headers.push(name, value);
}

/** Removes every field of that name. */
export function removeField(headers: string[], name: string): void {
  const key = fieldKey(name);
  let kept = 0;
  for (let at = 0; at < headers.length; at += 2) {
    const present = headers[at] ?? '';
    if (present.length === name.length && fieldKey(present) === key) continue;
    headers[kept] = present;
    headers[kept + 1] = headers[at + 1] ?? '';
    kept += 2;
  }
  headers.length = kept;
}

/**
 * Puts one query parameter where the first of that name stood (at the end when there was none) and removes all others,
 * however their name is spelled. Everything else stays byte by byte.
 */
export function replaceParameter(pathAndQuery: string, name: string, value: string): string {
  const parameter = `${encodeParameter(name)}=${encodeParameter(value)}`;
  const mark = pathAndQuery.indexOf('?');
  if (mark < 0) return `${pathAndQuery}?${parameter}`;
  const query = pathAndQuery.slice(mark + 1);
  const parts = query === '' ? [] : query.split('&');
  const first = parts.findIndex((part) => parameterName(part) === name);
  if (first < 0) return `${pathAndQuery.slice(0, mark)}?${[...parts, parameter].join('&')}`;
  const kept = parts.filter((part, at) => at === first || parameterName(part) !== name);
  kept[first] = parameter;
  return `${pathAndQuery.slice(0, mark)}?${kept.join('&')}`;
}

/** The decoded name: escapes and plus signs as form decoders read them; a broken escape stays as it is. */
function parameterName(part: string): string {
  const equals = part.indexOf('=');
  const name = (equals < 0 ? part : part.slice(0, equals)).replaceAll('+', ' ');
  if (!name.includes('%')) return name;
  const bytes = name.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function encodeParameter(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
