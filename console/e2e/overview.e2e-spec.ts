import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violationsOf } from './support/accessibility.js';
import { LOOKS, openConsole, overflowOf, type ConsolePage } from './support/console-page.js';
import { ServedConsole } from './support/served-console.js';

// A browser over a whole control plane: seconds, and many of them on a busy machine.
jest.setTimeout(60_000);

describe('the overview page', () => {
  let served: ServedConsole;
  let opened: ConsolePage | undefined;

  async function open(path = '/', look = {}): Promise<Page> {
    opened = await openConsole(served.browser, served.plane.url + path, look);
    return opened.page;
  }

  beforeAll(async () => {
    served = await ServedConsole.start();
  });
  afterEach(async () => {
    const troubles = opened?.troubles;
    await opened?.close();
    opened = undefined;
    expect(troubles ?? []).toEqual([]);
  });
  afterAll(() => served.stop());

  it('ticks the first steps by itself as they are done', async () => {
    const page = await open();
    const steps = page.getByRole('region', { name: 'First steps' });
    const done = (name: string) =>
      steps
        .getByRole('listitem')
        .filter({ hasText: `${name}, done` })
        .waitFor();
    await steps.getByText('Add a secret').waitFor();
    const connect = page.getByRole('region', { name: 'Connect an agent' });
    await connect.getByText('Waiting for it…').waitFor();
    await served.call('POST', '/v1/agents', { name: 'Mine', identifier: 'mine' });
    await done('Create an agent');
    const secret = { name: 'Key', type: 'anthropic', value: 'sk-ant-api03-not-a-real-value' };
    expect((await served.call('POST', '/v1/secrets', secret)).status).toBe(201);
    await done('Add a secret');
    await served.record({ path: '/first' });
    await done('Send a request through the gateway');
    await connect.getByText('Seen').waitFor();
    const rule = { name: 'No deletes', hostPattern: 'api.github.com', method: 'DELETE', action: 'block' };
    expect((await served.call('POST', '/v1/rules', rule)).status).toBe(201);
    await done('Write the first rule');
    await steps.getByText('4 of 4').waitFor();
  });

  it.each(LOOKS)('is accessible and cuts nothing off: $size, $theme', async (look) => {
    const page = await open('/overview', look);
    await page.getByRole('img', { name: /Requests per minute/ }).waitFor();
    await page.getByText('of 4').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
  });

  it('shows how to connect with this installation’s own values', async () => {
    const page = await open('/overview');
    const { gatewayUrl } = (await served.call('GET', '/v1/system')).body as { gatewayUrl: string };
    const connect = page.getByRole('region', { name: 'Connect an agent' });
    await connect.getByText(gatewayUrl).waitFor();
    await connect.getByRole('combobox', { name: 'Agent' }).selectOption('mine');
    expect(await connect.locator('code').innerText()).toBe(
      `ONECLI_URL=${served.plane.url} onecli run --agent mine -- claude`,
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      connect.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.pem$/);
  });

  it('counts requests and keeps the range in the address', async () => {
    await served.record({ path: '/a' }, { decision: 'blocked', refusal: 'blocked_by_policy', status: 403 });
    const page = await open('/overview');
    const tile = (name: string) =>
      page.locator('.tile', { has: page.getByText(name, { exact: true }) }).locator('strong');
    await tile('Requests').waitFor();
    expect(Number(await tile('Requests').innerText())).toBeGreaterThanOrEqual(2);
    expect(Number(await tile('Blocked or limited').innerText())).toBeGreaterThanOrEqual(1);
    await page.getByRole('button', { name: 'Last 24 hours' }).click();
    await page.getByRole('menuitemradio', { name: 'Last hour' }).click();
    await page.getByRole('button', { name: 'Last hour' }).waitFor();
    expect(new URL(page.url()).searchParams.get('range')).toBe('1h');
  });

  it('is walked by keyboard: skip link, shortcuts, the other page', async () => {
    const page = await open('/overview');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
  });

  it('keeps a chosen theme, from the first paint of the next visit', async () => {
    const page = await open('/overview', { theme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, light);
    const dark = await background();
    await page.reload({ waitUntil: 'commit' });
    await page.locator('body').waitFor({ state: 'attached' });
    expect(await background()).toBe(dark);
  });

  it('has a navigation drawer on a phone', async () => {
    const page = await open('/overview', { size: 'phone' });
    expect(await page.getByRole('navigation').count()).toBe(0);
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('says so when the control plane goes away, and recovers', async () => {
    const away = await openConsole(served.browser, `${served.plane.url}/overview`);
    const { page } = away;
    await page.route('**/v1/**', (route) => route.abort());
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await page.getByRole('alert').getByText('The control plane does not answer').waitFor();
    await page.unroute('**/v1/**');
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await away.close();
  });
});
