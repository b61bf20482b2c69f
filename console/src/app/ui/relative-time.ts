import { Component, computed, inject, input } from '@angular/core';

import { Clock } from './clock';
import { exactTime, relativeTime } from './time';

/** A past time in words; the exact one on hover and for machines. */
@Component({
  selector: 'app-relative-time',
  template: `<time [attr.datetime]="time()" [title]="exact()">{{ words() }}</time>`,
})
export class RelativeTime {
  /** ISO 8601. */
  readonly time = input.required<string>();
  private readonly clock = inject(Clock);
  protected readonly words = computed(() => relativeTime(this.time(), this.clock.now()));
  protected readonly exact = computed(() => exactTime(this.time()));
}
