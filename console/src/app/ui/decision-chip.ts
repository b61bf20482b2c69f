import { Component, computed, input } from '@angular/core';

import type { RequestDecision } from '../../../../libs/contracts/requests';
import { DECISIONS } from './decision';

@Component({
  selector: 'app-decision-chip',
  template: `{{ shown().word }}`,
  host: { '[attr.data-tone]': 'shown().tone' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 5px;
      padding: 1px 9px;
      border-radius: 99px;
      font-size: 12px;
      font-weight: 550;
      line-height: 20px;
      white-space: nowrap;
    }

    :host::before {
      content: '';
      width: 6px;
      height: 6px;
      border-radius: 50%;
      background: currentColor;
    }

    :host([data-tone='ok']) {
      background: var(--ok-soft);
      color: var(--ok);
    }

    :host([data-tone='bad']) {
      background: var(--bad-soft);
      color: var(--bad);
    }

    :host([data-tone='warn']) {
      background: var(--warn-soft);
      color: var(--warn);
    }

    :host([data-tone='hold']) {
      background: var(--hold-soft);
      color: var(--hold);
    }

    :host([data-tone='off']) {
      background: var(--off-soft);
      color: var(--off);
    }
  `,
})
export class DecisionChip {
  readonly decision = input.required<RequestDecision>();
  protected readonly shown = computed(() => DECISIONS[this.decision()]);
}
