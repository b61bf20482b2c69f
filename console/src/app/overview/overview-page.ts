import { Component, computed, effect, inject, linkedSignal, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { ActivatedRoute, Router, RouterLink, convertToParamMap } from '@angular/router';

import { problemOf } from '../api/problem';
import { SystemStatus } from '../api/system-status';
import { PageHeader } from '../shell/page-header';
import { Clock } from '../ui/clock';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { count, share } from '../ui/quantity';
import { ConnectCard } from './connect-card';
import { FirstSteps } from './first-steps';
import { HealthCard } from './health-card';
import { OverviewApi } from './overview-api';
import type { Range, StatsWindow } from './request-counts';
import { RANGES, bucketsOf, sumOf, windowOf } from './request-counts';
import { RequestsChart } from './requests-chart';

/** How things stand: counts, how to connect, what is left of the first steps, health. */
@Component({
  selector: 'app-overview-page',
  imports: [
    ConnectCard,
    FirstSteps,
    HealthCard,
    Icon,
    MatButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    Notice,
    PageHeader,
    RequestsChart,
    RouterLink,
  ],
  templateUrl: './overview-page.html',
  styleUrl: './overview-page.scss',
})
export class OverviewPage {
  private readonly api = inject(OverviewApi);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly clock = inject(Clock);
  private readonly status = inject(SystemStatus);
  private readonly params = toSignal(this.route.queryParamMap, { initialValue: convertToParamMap({}) });

  protected readonly ranges = Object.entries(RANGES).map(([key, { label }]) => ({ key, label }));
  protected readonly range = computed<Range>(() => {
    const range = this.params().get('range');
    return range !== null && range in RANGES ? (range as Range) : '24h';
  });
  protected readonly rangeLabel = computed(() => RANGES[this.range()].label);
  private readonly window = computed(() => windowOf(this.range(), this.clock.now()), { equal: sameWindow });
  protected readonly bucketSeconds = computed(() => this.window().bucketSeconds);

  protected readonly system = this.status.view;
  protected readonly steps = computed(() => this.system()?.firstSteps);
  protected readonly stepsDone = this.status.firstStepsDone;

  private readonly agentList = this.api.agents();
  protected readonly agents = linkedSignal<readonly AgentOption[] | undefined, readonly AgentOption[]>({
    source: () => (this.agentList.hasValue() ? this.agentList.value() : undefined),
    computation: (agents, previous) => agents ?? previous?.value ?? [],
  });

  protected readonly stats = this.api.stats(this.window);
  /** The last answer stays while the next is on its way. */
  private readonly counted = linkedSignal<Counted | undefined, Counted | undefined>({
    source: () =>
      this.stats.hasValue()
        ? { range: untracked(this.range), buckets: bucketsOf(this.stats.value(), untracked(this.window)) }
        : undefined,
    computation: (counted, previous) => counted ?? previous?.value,
  });
  protected readonly buckets = computed(() => {
    const counted = this.counted();
    return counted?.range === this.range() ? counted.buckets : undefined;
  });
  protected readonly problem = computed(() => {
    const error = this.stats.error();
    return error === undefined || this.buckets() !== undefined ? undefined : problemOf(error);
  });
  protected readonly quiet = computed(() => this.steps()?.requestSeen === false);

  protected readonly tiles = computed(() => {
    const buckets = this.buckets();
    if (buckets === undefined) return undefined;
    const { allowed, blocked, limited, held, failed } = sumOf(buckets);
    const total = allowed + blocked + limited + held + failed;
    return [
      { name: 'Requests', value: count(total), note: this.rangeLabel().toLowerCase() },
      { name: 'Allowed', value: count(allowed), note: `${share(allowed, total)} of requests` },
      {
        name: 'Blocked or limited',
        value: count(blocked + limited),
        note: `${share(blocked + limited, total)} of requests`,
      },
      { name: 'Failed or refused', value: count(failed), note: `${share(failed, total)} of requests` },
    ];
  });
  protected readonly tileNames = ['Requests', 'Allowed', 'Blocked or limited', 'Failed or refused'];

  constructor() {
    effect(() => {
      this.clock.now();
      untracked(() => this.stats.reload());
    });
    // A step that was just done changes what the cards below show.
    effect(() => {
      this.steps();
      untracked(() => this.agentList.reload());
    });
  }

  protected choose(range: string): void {
    void this.router.navigate([], { relativeTo: this.route, queryParams: { range: range === '24h' ? null : range } });
  }
}

type AgentOption = ReturnType<ReturnType<OverviewApi['agents']>['value']>[number];

interface Counted {
  readonly range: Range;
  readonly buckets: ReturnType<typeof bucketsOf>;
}

function sameWindow(a: StatsWindow, b: StatsWindow): boolean {
  return a.from === b.from && a.to === b.to && a.bucketSeconds === b.bucketSeconds;
}
