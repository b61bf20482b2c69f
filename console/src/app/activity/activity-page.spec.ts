import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { ActivityPage } from './activity-page';
import { entryAt } from './entry.fixture';
import { BrowserStub } from './browser.fixture';

const REQUESTS = (request: { readonly url: string }) => request.url === '/v1/requests';

async function open(url = '/activity') {
  const browser = new BrowserStub();
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(),
      provideHttpClientTesting(),
      provideRouter([{ path: 'activity', component: ActivityPage }]),
    ],
  });
  const harness = await RouterTestingHarness.create(url);
  const http = TestBed.inject(HttpTestingController);
  const element = harness.routeNativeElement as HTMLElement;
  const turn = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    harness.detectChanges();
  };
  // Not `whenStable`: a request that a test has not answered yet keeps the page unstable.
  const settle = async () => {
    await turn();
    browser.nextFrame();
    await turn();
    await turn();
  };
  const rows = () => [...element.querySelectorAll('.rows .row .target')].map((row) => row.textContent.trim());
  const says = (text: string) => element.textContent.includes(text);
  const press = (name: string) => {
    const button = [...element.querySelectorAll('button')].find((found) => found.textContent.trim() === name);
    if (button === undefined) throw new Error(`no button ${name}`);
    button.click();
  };
  return { browser, http, element, settle, rows, says, press };
}

describe('the activity page', () => {
  it('shows a skeleton while it loads, then the rows', async () => {
    const { http, element, settle, rows } = await open();
    expect(element.querySelector('[role=grid]')?.getAttribute('aria-busy')).toBe('true');
    expect(element.querySelectorAll('.skeleton').length).toBeGreaterThan(0);
    http.expectOne(REQUESTS).flush({ items: [entryAt(2), entryAt(1)], nextCursor: null });
    await settle();
    expect(element.querySelector('[role=grid]')?.getAttribute('aria-busy')).toBe('false');
    expect(rows()).toEqual(['api.stripe.com/2', 'api.stripe.com/1']);
  });

  it('says what to do when there is nothing yet', async () => {
    const { http, settle, says } = await open();
    http.expectOne(REQUESTS).flush({ items: [], nextCursor: null });
    await settle();
    expect(says('No requests yet')).toBe(true);
    expect(says('onecli run')).toBe(true);
  });

  it('offers to remove filters that nothing passes', async () => {
    const { http, settle, says, press, rows } = await open('/activity?host=nothing.example');
    const first = http.expectOne(REQUESTS);
    expect(first.request.params.get('host')).toBe('nothing.example');
    first.flush({ items: [], nextCursor: null });
    await settle();
    expect(says('No request matches these filters')).toBe(true);
    press('Remove all filters');
    await settle();
    const second = http.expectOne(REQUESTS);
    expect(second.request.params.has('host')).toBe(false);
    second.flush({ items: [entryAt(1)], nextCursor: null });
    await settle();
    expect(rows()).toHaveLength(1);
  });

  it('shows the server’s sentence when loading fails, and tries again', async () => {
    const { http, settle, says, press, rows } = await open();
    http.expectOne(REQUESTS).flush({ error: 'The log is busy.', code: 'UNAVAILABLE' }, { status: 503, statusText: '' });
    await settle();
    expect(says('The log is busy.')).toBe(true);
    press('Try again');
    await settle();
    http.expectOne(REQUESTS).flush({ items: [entryAt(1)], nextCursor: null });
    await settle();
    expect(rows()).toEqual(['api.stripe.com/1']);
  });

  it('shows live entries on top, in one go with the next frame', async () => {
    const { browser, http, settle, rows } = await open();
    http.expectOne(REQUESTS).flush({ items: [entryAt(1)], nextCursor: null });
    await settle();
    browser.stream().entry(entryAt(2));
    browser.stream().entry(entryAt(3));
    expect(rows()).toHaveLength(1);
    await settle();
    expect(rows()).toEqual(['api.stripe.com/3', 'api.stripe.com/2', 'api.stripe.com/1']);
  });

  it('holds live entries back while it is paused, and shows them on resume', async () => {
    const { browser, http, settle, rows, says, press } = await open();
    http.expectOne(REQUESTS).flush({ items: [entryAt(1)], nextCursor: null });
    await settle();
    press('Pause');
    browser.stream().entry(entryAt(2));
    await settle();
    expect(rows()).toHaveLength(1);
    expect(says('1 new')).toBe(true);
    press('Resume');
    await settle();
    expect(rows()).toHaveLength(2);
  });

  it('reads the newest page again when the stream says that it left something out', async () => {
    const { browser, http, settle, rows } = await open();
    http.expectOne(REQUESTS).flush({ items: [entryAt(1)], nextCursor: null });
    await settle();
    browser.stream().open();
    browser.stream().gap();
    http.expectOne(REQUESTS).flush({ items: [entryAt(2), entryAt(1)], nextCursor: null });
    await settle();
    expect(rows()).toEqual(['api.stripe.com/2', 'api.stripe.com/1']);
  });
});
