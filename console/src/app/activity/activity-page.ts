import { NgTemplateOutlet } from '@angular/common';
import {
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  linkedSignal,
  resource,
  untracked,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { ActivatedRoute, Router, convertToParamMap } from '@angular/router';
import { firstValueFrom } from 'rxjs';

import type { RequestLogEntryView } from '../../../../libs/contracts/requests';
import { SystemStatus } from '../api/system-status';
import { Layout } from '../shell/layout';
import { PageHeader } from '../shell/page-header';
import { SearchField } from '../shell/search-field';
import { Shortcuts } from '../shell/shortcuts';
import { CommandLine } from '../ui/command-line';
import { Icon } from '../ui/icon';
import { Modal } from '../ui/modal';
import { Notice } from '../ui/notice';
import { onecliCommand } from '../ui/onecli-command';
import { count } from '../ui/quantity';
import { ActivityApi } from './activity-api';
import type { ActivityFilter } from './activity-filter';
import { filterOf, paramsOf, without } from './activity-filter';
import { ActivityFilters } from './activity-filters';
import { ArrivalAnnouncer } from './arrival-announcer';
import { RequestDetail } from './request-detail';
import { RequestFeed } from './request-feed';
import { RequestList } from './request-list';

/** What agents did: the live list above history, narrowed by what the address says, and one request in full. */
@Component({
  selector: 'app-activity-page',
  imports: [
    ActivityFilters,
    CommandLine,
    Icon,
    MatButton,
    Modal,
    NgTemplateOutlet,
    Notice,
    PageHeader,
    RequestDetail,
    RequestList,
    SearchField,
  ],
  providers: [RequestFeed, ArrivalAnnouncer],
  templateUrl: './activity-page.html',
  styleUrl: './activity-page.scss',
})
export class ActivityPage {
  protected readonly feed = inject(RequestFeed);
  protected readonly layout = inject(Layout);
  private readonly api = inject(ActivityApi);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly system = inject(SystemStatus);
  private readonly list = viewChild(RequestList);
  private readonly detail = viewChild(RequestDetail);
  private focusDetail = false;

  private readonly params = toSignal(this.route.queryParamMap, { initialValue: convertToParamMap({}) });
  protected readonly filter = computed(() => filterOf(this.params()), { equal: sameFilter });
  protected readonly filtered = computed(() => Object.keys(this.filter()).length > 0);
  protected readonly selectedId = computed(() => this.params().get('request') ?? undefined);
  protected readonly command = onecliCommand('run -- curl https://example.com');
  protected readonly gatewayUrl = computed(() => this.system.view()?.gatewayUrl);
  protected readonly count = count;

  /** A request that is not among the loaded rows, as after following a link to it. */
  private readonly fetched = resource({
    params: () => {
      const id = this.selectedId();
      if (id === undefined || this.feed.phase() === 'loading') return undefined;
      return untracked(this.feed.rows).some((row) => row.id === id) ? undefined : id;
    },
    loader: ({ params: id }) => firstValueFrom(this.api.request(id)),
  });
  protected readonly notFound = computed(() => this.fetched.status() === 'error');
  protected readonly selected = linkedSignal<string | undefined, RequestLogEntryView | undefined>({
    source: this.selectedId,
    computation: () => undefined,
  });

  protected readonly liveWord = computed(() => {
    if (this.feed.paused()) return { state: 'paused', word: 'Paused' };
    switch (this.feed.connection()) {
      case 'live':
        return { state: 'live', word: 'Live' };
      case 'connecting':
        return { state: 'connecting', word: 'Connecting' };
      case 'lost':
        return { state: 'lost', word: 'Reconnecting' };
    }
  });

  constructor() {
    const announcer = inject(ArrivalAnnouncer);
    inject(Shortcuts).addWhileShown({ p: () => this.togglePause(), Escape: () => this.close() }, inject(DestroyRef));
    effect(() => {
      const filter = this.filter();
      untracked(() => void this.feed.open(filter));
    });
    effect(() => announcer.count(this.feed.arrived()));
    effect(() => this.findSelected());
    effect(() => {
      const detail = this.detail();
      if (detail !== undefined && this.focusDetail) detail.focus();
      this.focusDetail = false;
    });
  }

  protected change(filter: ActivityFilter): void {
    void this.router.navigate([], { relativeTo: this.route, queryParams: { ...paramsOf(filter), request: null } });
  }

  protected search(q: string): void {
    if (q === (this.filter().q ?? '')) return;
    this.change(q === '' ? without(this.filter(), 'q') : { ...this.filter(), q });
  }

  protected open(entry: RequestLogEntryView, byKey: boolean): void {
    const replaceUrl = this.selectedId() !== undefined;
    this.focusDetail = byKey && !replaceUrl;
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { request: entry.id },
      queryParamsHandling: 'merge',
      replaceUrl,
    });
  }

  protected close(): void {
    if (this.selectedId() === undefined) return;
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { request: null },
      queryParamsHandling: 'merge',
    });
    this.list()?.focus();
  }

  protected togglePause(): void {
    this.feed.pause(!this.feed.paused());
    if (!this.feed.paused()) this.list()?.scrollToTop();
  }

  protected showWaiting(): void {
    if (this.feed.paused()) this.feed.pause(false);
    else this.feed.release();
    this.list()?.scrollToTop();
    this.list()?.focus();
  }

  private findSelected(): void {
    const id = this.selectedId();
    const entry =
      this.feed.rows().find((row) => row.id === id) ?? (this.fetched.hasValue() ? this.fetched.value() : undefined);
    if (entry?.id === id && entry !== undefined) this.selected.set(entry);
  }
}

function sameFilter(a: ActivityFilter, b: ActivityFilter): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
