import { HttpClient, HttpParams, httpResource } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { Observable } from 'rxjs';

import type { AgentView } from '../../../../libs/contracts/agents';
import type { Page } from '../../../../libs/contracts/paging';
import type { RequestFilter, RequestLogEntryView } from '../../../../libs/contracts/requests';
import type { RuleView } from '../../../../libs/contracts/rules';
import type { SecretView } from '../../../../libs/contracts/secrets';

export const PAGE_SIZE = 100;

export type StreamEvent =
  | { readonly kind: 'open' }
  | { readonly kind: 'entry'; readonly entry: RequestLogEntryView }
  /** More was missed than the server sends again. */
  | { readonly kind: 'gap' }
  | { readonly kind: 'lost' };

/** How long to wait before a stream that the browser gave up is opened again, milliseconds. */
const REOPEN = 3_000;

@Injectable({ providedIn: 'root' })
export class ActivityApi {
  private readonly http = inject(HttpClient);

  page(filter: RequestFilter, cursor: string | undefined): Observable<Page<RequestLogEntryView>> {
    const params = new HttpParams({ fromObject: { ...given(filter), limit: PAGE_SIZE, ...(cursor && { cursor }) } });
    return this.http.get<Page<RequestLogEntryView>>('/v1/requests', { params });
  }

  request(id: string): Observable<RequestLogEntryView> {
    return this.http.get<RequestLogEntryView>(`/v1/requests/${encodeURIComponent(id)}`);
  }

  /**
   * New entries as they are recorded. The browser reopens a broken stream and names the last entry it saw, so that the server sends
   * what was missed; one that the browser gave up is reopened here, and has missed whatever came meanwhile.
   */
  stream(filter: RequestFilter): Observable<StreamEvent> {
    const query = new HttpParams({ fromObject: given(filter) }).toString();
    const url = `/v1/requests/stream${query === '' ? '' : `?${query}`}`;
    return new Observable((subscriber) => {
      let source: EventSource;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const open = () => {
        source = new EventSource(url);
        source.onopen = () => subscriber.next({ kind: 'open' });
        source.addEventListener('request', (message: MessageEvent<string>) =>
          subscriber.next({ kind: 'entry', entry: JSON.parse(message.data) as RequestLogEntryView }),
        );
        source.addEventListener('gap', () => subscriber.next({ kind: 'gap' }));
        source.onerror = () => {
          subscriber.next({ kind: 'lost' });
          if (source.readyState === EventSource.CLOSED) timer = setTimeout(reopen, REOPEN);
        };
      };
      const reopen = () => {
        open();
        subscriber.next({ kind: 'gap' });
      };
      open();
      return () => {
        clearTimeout(timer);
        source.close();
      };
    });
  }

  /** For the names of filters; the lists are small. */
  agents() {
    return httpResource<AgentView[]>(() => '/v1/agents', { defaultValue: [] });
  }

  rules() {
    return httpResource<RuleView[]>(() => '/v1/rules', { defaultValue: [] });
  }

  secrets() {
    return httpResource<SecretView[]>(() => '/v1/secrets', { defaultValue: [] });
  }
}

function given(filter: RequestFilter): Record<string, string | number> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
