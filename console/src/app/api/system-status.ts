import { HttpClient } from '@angular/common/http';
import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import type { SystemView } from '../../../../libs/contracts/system';
import type { Problem } from './problem';
import { problemOf } from './problem';

/** Milliseconds between two looks: often while something is expected to change, seldom otherwise. */
const SOON = 2_000;
const LATER = 15_000;

/** `GET /v1/system`, kept fresh while the page is visible. A failed look keeps the last answer. */
@Injectable({ providedIn: 'root' })
export class SystemStatus {
  private readonly http = inject(HttpClient);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly known = signal<SystemView | undefined>(undefined);
  private readonly trouble = signal<Problem | undefined>(undefined);

  readonly view = this.known.asReadonly();
  readonly problem = this.trouble.asReadonly();
  readonly unreachable = computed(() => this.trouble()?.answered === false);
  readonly firstStepsDone = computed(() => {
    const steps = this.known()?.firstSteps;
    return steps !== undefined && Object.values(steps).every(Boolean);
  });

  constructor() {
    const look = () => {
      if (document.visibilityState === 'visible') void this.refresh();
    };
    document.addEventListener('visibilitychange', look);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    });
    void this.refresh();
  }

  /** Looks now and plans the next look. */
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    try {
      this.known.set(await firstValueFrom(this.http.get<SystemView>('/v1/system')));
      this.trouble.set(undefined);
    } catch (error) {
      this.trouble.set(problemOf(error));
    }
    clearTimeout(this.timer);
    if (document.visibilityState !== 'visible') return;
    const expecting = this.trouble() !== undefined || !this.firstStepsDone();
    this.timer = setTimeout(() => void this.refresh(), expecting ? SOON : LATER);
  }
}
