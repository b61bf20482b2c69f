import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violationsOf } from './support/accessibility.js';
import { LOOKS, openConsole, overflowOf, type ConsolePage } from './support/console-page.js';
import { ServedConsole } from './support/served-console.js';

const RULE = '01981f00-0000-7000-8000-0000000000aa';

// A browser over a whole control plane: seconds, and many of them on a busy machine.
jest.setTimeout(60_000);

describe('the activity page', () => {
  let served: ServedConsole;
  let opened: ConsolePage | undefined;

  async function open(path = '/activity', look = {}): Promise<Page> {
    opened = await openConsole(served.browser, served.plane.url + path, look);
    return opened.page;
  }

  beforeAll(async () => {
    served = await ServedConsole.start();
    const now = Date.now();
    const past = Array.from({ length: 250 }, (_, index) => ({
      at: now - 60_000 - index * 1000,
      path: `/v1/things/${index}`,
    }));
    await served.record(...past);
    await served.record(
      { at: now - 30_000, host: 'api.stripe.com', method: 'POST', path: '/v1/refunds', decision: 'rate_limited', refusal: 'rate_limited', status: 429, ruleIds: [RULE], ruleNames: ['Refunds, 20 an hour'], upstreamAddress: null }, // prettier-ignore
      { at: now - 20_000, host: 'api.stripe.com', method: 'POST', path: '/v1/payouts', decision: 'blocked', refusal: 'blocked_by_policy', status: 403, ruleIds: [RULE], ruleNames: ['No payouts'], upstreamAddress: null }, // prettier-ignore
    );
  });
  afterEach(async () => {
    const troubles = opened?.troubles;
    await opened?.close();
    opened = undefined;
    expect(troubles ?? []).toEqual([]);
  });
  afterAll(() => served.stop());

  it.each(LOOKS)('is accessible and cuts nothing off: $size, $theme', async (look) => {
    const page = await open('/activity', look);
    await page.locator('.rows .row').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.locator('.rows .row').first().click();
    await page.getByRole('heading', { name: 'POST /v1/payouts' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
  });

  it('shows a request that is recorded while one looks', async () => {
    const page = await open();
    await page.locator('.rows .row').first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await served.record({ path: '/just/now' });
    await page.locator('.rows .row', { hasText: '/just/now' }).waitFor({ timeout: 5000 });
    expect(await page.locator('.rows .row').first().textContent()).toContain('/just/now');
  });

  it('holds new requests back while paused, and shows them on resume', async () => {
    const page = await open();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await served.record({ path: '/while/paused' });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await page.getByText('/while/paused').count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('/while/paused').waitFor();
  });

  it('keeps its filters as chips, over a reload and back', async () => {
    const page = await open();
    await page.locator('.rows .row').first().waitFor();
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Decision' }).click();
    await page.getByRole('menuitem', { name: 'Limited' }).click();
    await page.getByRole('button', { name: 'Remove filter Decision Limited' }).waitFor();
    await page.locator('.rows .row', { hasText: '/v1/things' }).first().waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('decision')).toBe('rate_limited');
    await page.reload();
    await page.getByRole('button', { name: 'Remove filter Decision Limited' }).waitFor();
    await page.locator('.rows .row').first().waitFor();
    expect(await page.locator('.rows .row').count()).toBe(1);
    await page.getByRole('button', { name: 'Remove filter Decision Limited' }).click();
    await page.locator('.rows .row', { hasText: '/v1/things' }).first().waitFor();
    expect(new URL(page.url()).searchParams.has('decision')).toBe(false);
  });

  it('searches, and says so when nothing is found', async () => {
    const page = await open();
    await page.locator('.rows .row').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('no-such-path');
    await page.getByRole('heading', { name: 'No request matches these filters' }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('no-such-path');
    await page.getByRole('button', { name: 'Remove all filters' }).click();
    await page.locator('.rows .row').first().waitFor();
  });

  it('loads older requests as one scrolls, and draws only what is near', async () => {
    const page = await open('/activity?host=api.example.com&q=things');
    await page.locator('.rows .row').first().waitFor();
    const grid = page.getByRole('grid');
    for (let turn = 0; turn < 200 && (await page.getByText('The beginning of the log').count()) === 0; turn++) {
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.waitForTimeout(100);
    }
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.locator('.rows .row', { hasText: '/v1/things/249' }).waitFor();
    expect(await page.locator('.rows .row').count()).toBeLessThan(60);
  });

  it('is used by keyboard alone: open, read, go on, close', async () => {
    const page = await open('/activity?host=api.stripe.com');
    await page.locator('.rows .row').first().waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const detail = page.getByRole('complementary', { name: 'Request' });
    await detail.getByRole('heading', { name: 'POST /v1/payouts' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('/v1/payouts');
    expect(await detail.textContent()).toContain('A rule blocks this request.');
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await detail.getByRole('heading', { name: 'POST /v1/refunds' }).waitFor();
  });

  it('opens a request by its address, also one that is not in the list', async () => {
    const [entry] = await served.record({ at: Date.now() - 3_600_000, path: '/an/hour/ago' });
    const page = await open(`/activity?host=api.stripe.com&request=${entry?.id ?? ''}`);
    await page.getByRole('heading', { name: 'GET /an/hour/ago' }).waitFor();
    expect(await page.locator('.rows .row').count()).toBe(2);
  });
});
