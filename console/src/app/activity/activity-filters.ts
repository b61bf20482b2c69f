import { Component, computed, inject, input, output } from '@angular/core';

import { REQUEST_DECISIONS } from '../../../../libs/contracts/requests';
import { DECISIONS } from '../ui/decision';
import { FilterChip } from '../ui/filter-chip';
import { exactTime } from '../ui/time';
import { ActivityApi } from './activity-api';
import type { ActivityFilter, FilterKey, Range } from './activity-filter';
import { FILTER_KEYS, RANGES, without } from './activity-filter';
import type { FilterOffer, FilterPick } from './filter-menu';
import { FilterMenu } from './filter-menu';
import type { Rows } from './request-rows';

const LABELS: Readonly<Record<FilterKey, string>> = {
  agentId: 'Agent',
  host: 'Host',
  method: 'Method',
  decision: 'Decision',
  status: 'Status',
  secretId: 'Secret',
  ruleId: 'Rule',
  within: 'Time',
  from: 'From',
  to: 'Until',
  q: 'Search',
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'CONNECT'];
const STATUSES = [200, 201, 204, 301, 400, 401, 403, 404, 407, 429, 500, 502, 503, 504];
/** How many hosts of the loaded rows are offered; the search field finds the others. */
const HOSTS_MAX = 12;

/** The chips of what is on, and the menu of what may be added. */
@Component({
  selector: 'app-activity-filters',
  imports: [FilterChip, FilterMenu],
  template: `
    @for (chip of chips(); track chip.key) {
      <app-filter-chip [label]="chip.label" [value]="chip.value" (removed)="remove(chip.key)" />
    }
    <app-filter-menu [offers]="offers()" (picked)="add($event)" />
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      min-width: 0;
    }
  `,
})
export class ActivityFilters {
  readonly filter = input.required<ActivityFilter>();
  /** The loaded rows: the hosts in them are offered. */
  readonly rows = input.required<Rows>();
  readonly changed = output<ActivityFilter>();
  private readonly api = inject(ActivityApi);
  private readonly agents = this.api.agents();
  private readonly rules = this.api.rules();
  private readonly secrets = this.api.secrets();

  private readonly choices = computed<Readonly<Partial<Record<FilterKey, FilterOffer['values']>>>>(() => ({
    agentId: named(this.agents.hasValue() ? this.agents.value() : []),
    host: plain(hostsOf(this.rows())),
    method: plain(METHODS),
    decision: REQUEST_DECISIONS.map((decision) => ({ value: decision, label: DECISIONS[decision].word })),
    status: plain(STATUSES.map(String)),
    secretId: named(this.secrets.hasValue() ? this.secrets.value() : []),
    ruleId: named(this.rules.hasValue() ? this.rules.value() : []),
    within: Object.entries(RANGES).map(([value, range]) => ({ value, label: capital(range.label) })),
  }));

  protected readonly offers = computed<readonly FilterOffer[]>(() =>
    FILTER_KEYS.map((key) => ({ key, label: LABELS[key], values: this.choices()[key] ?? [] })),
  );

  protected readonly chips = computed(() =>
    FILTER_KEYS.flatMap((key) => {
      const value = this.filter()[key];
      if (value === undefined || key === 'q') return [];
      return [{ key, label: LABELS[key], value: this.words(key, String(value)) }];
    }),
  );

  protected add({ key, value }: FilterPick): void {
    this.changed.emit({ ...this.filter(), [key]: key === 'status' ? Number(value) : value });
  }

  protected remove(key: FilterKey): void {
    this.changed.emit(without(this.filter(), key));
  }

  private words(key: FilterKey, value: string): string {
    if (key === 'within') return RANGES[value as Range].label;
    if (key === 'from' || key === 'to') return exactTime(value);
    return this.choices()[key]?.find((choice) => choice.value === value)?.label ?? value;
  }
}

function named(things: readonly { readonly id: string; readonly name: string }[]) {
  return things.map(({ id, name }) => ({ value: id, label: name }));
}

function plain(texts: readonly string[]) {
  return texts.map((text) => ({ value: text, label: text }));
}

function hostsOf(rows: Rows): readonly string[] {
  const hosts = new Set<string>();
  for (const { host } of rows) {
    if (host !== null) hosts.add(host);
    if (hosts.size === HOSTS_MAX) break;
  }
  return [...hosts].sort();
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
