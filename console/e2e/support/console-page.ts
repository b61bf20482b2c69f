import type { Browser, Page } from 'playwright-core';

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
export type Size = keyof typeof SIZES;
export type Theme = 'light' | 'dark';

/** Every look that a page is checked in. */
export const LOOKS: readonly { readonly size: Size; readonly theme: Theme }[] = [
  { size: 'desktop', theme: 'light' },
  { size: 'desktop', theme: 'dark' },
  { size: 'phone', theme: 'light' },
  { size: 'phone', theme: 'dark' },
];

export interface ConsolePage {
  readonly page: Page;
  /** What a healthy page has none of: console errors and warnings, exceptions, refused resources, requests to other origins. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** Opens a page of the console in a fresh browser profile and waits until its first content is there. */
export async function openConsole(
  browser: Browser,
  url: string,
  look: { readonly size?: Size; readonly theme?: Theme } = {},
): Promise<ConsolePage> {
  const { size = 'desktop', theme = 'light' } = look;
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) troubles.push(`other origin: ${request.url()}`);
  });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, troubles, close: () => context.close() };
}

/** How far the page is wider than its window, pixels: what is past 0 is cut off. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
