import { Component, input, output } from '@angular/core';

import { Icon } from './icon';

/** One filter that is on: what it is about, its value, and a button that removes it. */
@Component({
  selector: 'app-filter-chip',
  imports: [Icon],
  template: `
    <span class="text"
      >{{ label() }} <b>{{ value() }}</b></span
    >
    <button type="button" [attr.aria-label]="'Remove filter ' + label() + ' ' + value()" (click)="removed.emit()">
      <app-icon name="close" />
    </button>
  `,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      max-width: 100%;
      height: 32px;
      padding-left: 10px;
      border: 1px solid var(--line-strong);
      border-radius: 8px;
      background: var(--surface);
      color: var(--ink-2);
      --icon-size: 16px;
    }

    .text {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    b {
      color: var(--ink);
      font-weight: 550;
    }

    button {
      display: grid;
      place-items: center;
      width: 30px;
      height: 30px;
      padding: 0;
      border: 0;
      border-radius: 8px;
      background: none;
      color: var(--ink-2);
      cursor: pointer;
    }

    button:hover {
      color: var(--ink);
    }
  `,
})
export class FilterChip {
  readonly label = input.required<string>();
  readonly value = input.required<string>();
  readonly removed = output();
}
