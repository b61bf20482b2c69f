import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { LOOKS, openConsole } from './console-page.js';

export interface Shot {
  /** The file's name starts with it. */
  readonly name: string;
  /** Path and query of the page. */
  readonly path: string;
}

/** How long a page gets to load its data and draw, milliseconds. */
const SETTLE = 800;

/** Writes each page in both sizes and both themes as `<name>-<theme>-<width>.png` and returns the files. */
export async function takeScreenshots(
  browser: Browser,
  origin: string,
  shots: readonly Shot[],
  directory: string,
): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const files: string[] = [];
  for (const { name, path } of shots) {
    for (const look of LOOKS) {
      const opened = await openConsole(browser, origin + path, look);
      const { page } = opened;
      await page.waitForTimeout(SETTLE);
      const width = page.viewportSize()?.width ?? 0;
      const file = join(directory, `${name}-${look.theme}-${width}.png`);
      await page.screenshot({ path: file });
      files.push(file);
      await opened.close();
    }
  }
  return files;
}
