import type { ElementRef } from '@angular/core';
import { Component, DestroyRef, inject, input, linkedSignal, output, viewChild } from '@angular/core';

import { Icon } from '../ui/icon';
import { Shortcuts } from './shortcuts';
import { SingleKeyShortcuts } from './single-key-shortcuts';

/** How long typing must rest before a search starts, milliseconds. */
const REST = 250;

/** The page's search: `/` focuses it, typing searches after a moment, Escape empties it. */
@Component({
  selector: 'app-search-field',
  imports: [Icon],
  template: `
    <app-icon name="search" />
    <input
      #field
      type="search"
      autocomplete="off"
      spellcheck="false"
      [attr.aria-label]="label()"
      [attr.aria-keyshortcuts]="singleKeys.enabled() ? '/' : null"
      [placeholder]="label()"
      [value]="text()"
      (input)="typed(field.value)"
      (keydown.enter)="search(field.value)"
      (keydown.escape)="search('')"
    />
    @if (singleKeys.enabled()) {
      <kbd aria-hidden="true">/</kbd>
    }
  `,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: 8px;
      height: 34px;
      padding: 0 10px;
      border: 1px solid var(--line-strong);
      border-radius: 8px;
      background: var(--surface);
      color: var(--ink-3);
    }

    :host:focus-within {
      outline: 2px solid var(--brand);
      outline-offset: -1px;
    }

    input {
      flex: 1;
      min-width: 0;
      height: 100%;
      padding: 0;
      border: 0;
      outline: 0;
      background: none;
      color: var(--ink);
      font: inherit;
    }

    input::placeholder {
      color: var(--ink-3);
      opacity: 1;
    }

    input::-webkit-search-cancel-button {
      display: none;
    }

    kbd {
      padding: 0 5px;
      border: 1px solid var(--line-strong);
      border-radius: 5px;
      font-size: 12px;
      line-height: 18px;
    }

    @media (max-width: 700px) {
      kbd {
        display: none;
      }
    }
  `,
})
export class SearchField {
  readonly label = input.required<string>();
  readonly value = input('');
  readonly searched = output<string>();
  protected readonly singleKeys = inject(SingleKeyShortcuts);
  protected readonly text = linkedSignal(() => this.value());
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const destroyRef = inject(DestroyRef);
    inject(Shortcuts).addWhileShown({ '/': () => this.field().nativeElement.select() }, destroyRef);
    destroyRef.onDestroy(() => clearTimeout(this.timer));
  }

  protected typed(text: string): void {
    this.text.set(text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(text), REST);
  }

  protected search(text: string): void {
    clearTimeout(this.timer);
    this.text.set(text);
    this.searched.emit(text.trim());
  }
}
