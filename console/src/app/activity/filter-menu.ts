import { Component, computed, input, output } from '@angular/core';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';

import { Icon } from '../ui/icon';
import type { FilterKey } from './activity-filter';

/** One thing to filter by, and the values on offer. */
export interface FilterOffer {
  readonly key: FilterKey;
  readonly label: string;
  readonly values: readonly { readonly value: string; readonly label: string }[];
}

export interface FilterPick {
  readonly key: FilterKey;
  readonly value: string;
}

/** The dashed button behind the chips: what to filter by, then a value. */
@Component({
  selector: 'app-filter-menu',
  imports: [MatMenu, MatMenuItem, MatMenuTrigger, Icon],
  template: `
    <button class="add" type="button" [matMenuTriggerFor]="menu"><app-icon name="add" />Filter</button>
    <mat-menu #menu="matMenu">
      @for (offer of useful(); track offer.key) {
        <button mat-menu-item [matMenuTriggerFor]="values">{{ offer.label }}</button>
        <mat-menu #values="matMenu">
          @for (choice of offer.values; track choice.value) {
            <button mat-menu-item (click)="picked.emit({ key: offer.key, value: choice.value })">
              {{ choice.label }}
            </button>
          }
        </mat-menu>
      }
    </mat-menu>
  `,
  styles: `
    .add {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: 32px;
      padding: 0 10px;
      border: 1px dashed var(--line-field);
      border-radius: 8px;
      background: var(--surface);
      color: var(--ink-2);
      cursor: pointer;
      --icon-size: 16px;
    }

    .add:hover {
      color: var(--ink);
    }
  `,
})
export class FilterMenu {
  readonly offers = input.required<readonly FilterOffer[]>();
  readonly picked = output<FilterPick>();
  protected readonly useful = computed(() => this.offers().filter((offer) => offer.values.length > 0));
}
