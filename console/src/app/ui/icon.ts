import { Component, computed, input } from '@angular/core';

import type { IconName } from './icon-outlines';
import { ICON_OUTLINES } from './icon-outlines';

/** A decorative icon: the words beside it, or the label of its button, say what it means. */
@Component({
  selector: 'app-icon',
  template: `<svg viewBox="0 -960 960 960" aria-hidden="true" focusable="false"><path [attr.d]="outline()" /></svg>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
      width: var(--icon-size, 20px);
      height: var(--icon-size, 20px);
    }

    svg {
      width: 100%;
      height: 100%;
      fill: currentColor;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly outline = computed(() => ICON_OUTLINES[this.name()]);
}
