import type { ElementRef } from '@angular/core';
import { Component, computed, inject, input, output, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import { MatIconButton } from '@angular/material/button';

import type { RequestLogEntryView } from '../../../../libs/contracts/requests';
import { Clock } from '../ui/clock';
import { CopyButton } from '../ui/copy-button';
import { DecisionChip } from '../ui/decision-chip';
import { Icon } from '../ui/icon';
import { bytes, milliseconds } from '../ui/quantity';
import { exactTime, fullTime } from '../ui/time';
import { refusalWords } from './refusal-words';
import { waterfall } from './waterfall';

/** One exchange in full: what was decided and why, who and with what, sizes, time, ids. */
@Component({
  selector: 'app-request-detail',
  imports: [RouterLink, MatIconButton, CopyButton, DecisionChip, Icon],
  templateUrl: './request-detail.html',
  styleUrl: './request-detail.scss',
})
export class RequestDetail {
  readonly entry = input.required<RequestLogEntryView>();
  readonly closed = output();
  private readonly clock = inject(Clock);
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');

  protected readonly when = computed(() => fullTime(this.entry().time, this.clock.now()));
  protected readonly exact = computed(() => exactTime(this.entry().time));
  protected readonly rules = computed(() => named(this.entry().ruleIds, this.entry().ruleNames));
  protected readonly secrets = computed(() => named(this.entry().secretIds, this.entry().secretNames));
  protected readonly stages = computed(() => waterfall(this.entry()));
  protected readonly why = computed(() => {
    const { refusal } = this.entry();
    return refusal === null ? undefined : refusalWords(refusal);
  });
  protected readonly address = computed(() => {
    const { scheme, host, port, path } = this.entry();
    const usual = (scheme === 'https' && port === 443) || (scheme === 'http' && port === 80);
    const shownPort = usual || port === null ? '' : `:${port}`;
    return `${scheme === null ? '' : `${scheme}://`}${host ?? ''}${shownPort}${path ?? ''}`;
  });
  protected readonly bytes = bytes;
  protected readonly milliseconds = milliseconds;

  focus(): void {
    this.heading().nativeElement.focus({ preventScroll: true });
  }
}

function named(ids: readonly string[], names: readonly string[]) {
  return ids.map((id, index) => ({ id, name: names[index] ?? id }));
}
