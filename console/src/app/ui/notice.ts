import { Component, input } from '@angular/core';

import type { IconName } from './icon-outlines';
import { Icon } from './icon';

/** The middle of a list that has nothing to show: empty, failed, or not found. What to do next goes inside. */
@Component({
  selector: 'app-notice',
  imports: [Icon],
  template: `
    <app-icon [name]="icon()" />
    <h2>{{ heading() }}</h2>
    <ng-content />
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 6px;
      max-width: 460px;
      margin: 0 auto;
      padding: 56px 24px;
      color: var(--ink-2);
      text-align: center;
      --icon-size: 28px;
    }

    h2 {
      color: var(--ink);
      font-size: 15px;
      font-weight: 600;
    }

    app-icon {
      margin-bottom: 6px;
      color: var(--ink-3);
    }
  `,
})
export class Notice {
  readonly icon = input.required<IconName>();
  readonly heading = input.required<string>();
}
