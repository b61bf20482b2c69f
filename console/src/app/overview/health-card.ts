import { Component, computed, inject, input } from '@angular/core';

import type { SystemView } from '../../../../libs/contracts/system';
import { revisionWords } from '../api/health';
import { Clock } from '../ui/clock';
import { milliseconds } from '../ui/quantity';
import { exactTime, timeLeft } from '../ui/time';

/** A root certificate that ends within this time is worth a warning colour, milliseconds. */
const SOON = 30 * 86_400_000;

@Component({
  selector: 'app-health-card',
  template: `
    <h2>Health</h2>
    @if (system(); as view) {
      <dl class="pairs">
        <dt>Database</dt>
        <dd [class.bad]="!view.database.ok">{{ database() }}</dd>
        <dt>Policy revision</dt>
        <dd>{{ revision() }}</dd>
        <dt>Root certificate</dt>
        <dd [class.bad]="certificateEnds()" [title]="'Until ' + exactTime(view.rootCertificate.notAfter)">
          {{ certificate() }}
        </dd>
        <dt>Version</dt>
        <dd>{{ view.version }}</dd>
      </dl>
    } @else {
      <dl class="pairs" aria-busy="true">
        @for (name of ['Database', 'Policy revision', 'Root certificate', 'Version']; track name) {
          <dt>{{ name }}</dt>
          <dd><span class="skeleton"></span></dd>
        }
      </dl>
    }
  `,
  styles: `
    :host {
      display: block;
    }

    h2 {
      padding: 14px 16px;
      font-size: 14px;
      font-weight: 600;
    }

    dl {
      padding: 0 16px 14px;
    }

    .bad {
      color: var(--bad);
    }

    .skeleton {
      display: inline-block;
      width: 72px;
      height: 12px;
    }
  `,
})
export class HealthCard {
  readonly system = input<SystemView>();
  private readonly clock = inject(Clock);
  protected readonly exactTime = exactTime;

  protected readonly database = computed(() => {
    const database = this.system()?.database;
    if (database?.ok !== true) return 'does not answer';
    return database.latencyMs === null ? 'ok' : `ok, ${milliseconds(database.latencyMs)} ms`;
  });
  protected readonly revision = computed(() => revisionWords(this.system()?.replicas ?? []));
  private readonly notAfter = computed(() => this.system()?.rootCertificate.notAfter ?? '');
  protected readonly certificate = computed(() => timeLeft(this.notAfter(), this.clock.now()));
  protected readonly certificateEnds = computed(() => Date.parse(this.notAfter()) - this.clock.now() < SOON);
}
