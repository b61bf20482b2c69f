import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The program's version, from the nearest `package.json` that is this program's; `unknown` where none was shipped. */
export function programVersion(from = import.meta.dirname): string {
  const file = join(from, 'package.json');
  if (existsSync(file)) {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown; version?: unknown };
    if (parsed.name === 'onecli' && typeof parsed.version === 'string') return parsed.version;
  }
  return dirname(from) === from ? 'unknown' : programVersion(dirname(from));
}
