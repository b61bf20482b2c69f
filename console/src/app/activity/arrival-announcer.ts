import { LiveAnnouncer } from '@angular/cdk/a11y';
import { DestroyRef, Injectable, inject } from '@angular/core';

import type { Rows } from './request-rows';

/** At most one announcement in this time, milliseconds: a busy agent must not talk over everything else. */
export const ANNOUNCE_EVERY = 10_000;

/** Tells screen readers, politely and in sums, what the live list shows. */
@Injectable()
export class ArrivalAnnouncer {
  private readonly announcer = inject(LiveAnnouncer);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private arrived = 0;
  private notAllowed = 0;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  count(rows: Rows): void {
    if (rows.length === 0) return;
    this.arrived += rows.length;
    this.notAllowed += rows.filter((row) => row.decision !== 'allowed').length;
    this.timer ??= setTimeout(() => this.speak(), ANNOUNCE_EVERY);
  }

  private speak(): void {
    this.timer = undefined;
    const requests = this.arrived === 1 ? '1 new request' : `${this.arrived} new requests`;
    const bad = this.notAllowed === 0 ? '' : `, ${this.notAllowed} not allowed`;
    this.arrived = 0;
    this.notAllowed = 0;
    void this.announcer.announce(requests + bad, 'polite');
  }
}
