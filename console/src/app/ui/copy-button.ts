import { Component, DestroyRef, inject, input, signal } from '@angular/core';
import { Clipboard } from '@angular/cdk/clipboard';
import { MatIconButton } from '@angular/material/button';

import { Icon } from './icon';

/** Copies a text and says so, to eyes by a tick and to screen readers by a status. */
@Component({
  selector: 'app-copy-button',
  imports: [MatIconButton, Icon],
  template: `
    <button
      matIconButton
      type="button"
      [attr.aria-label]="'Copy ' + what()"
      [title]="'Copy ' + what()"
      (click)="copy()"
    >
      <app-icon [name]="copied() ? 'check' : 'content_copy'" [class.done]="copied()" />
    </button>
    <span class="visually-hidden" role="status">{{ copied() ? 'Copied' : '' }}</span>
  `,
  styles: `
    :host {
      position: relative;
      display: inline-flex;
      --icon-size: 16px;
      --mat-icon-button-state-layer-size: 28px;
      --mat-icon-button-icon-size: 16px;
    }

    .done {
      color: var(--ok);
    }
  `,
})
export class CopyButton {
  readonly text = input.required<string>();
  /** What it is, for the label: `request id`. */
  readonly what = input.required<string>();
  protected readonly copied = signal(false);
  private readonly clipboard = inject(Clipboard);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  protected copy(): void {
    if (!this.clipboard.copy(this.text())) return;
    this.copied.set(true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.copied.set(false), 1_600);
  }
}
