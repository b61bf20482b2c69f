import { Component, computed, input } from '@angular/core';

import { CopyButton } from './copy-button';

/** A command to run, in full, with a button that copies it. */
@Component({
  selector: 'app-command-line',
  imports: [CopyButton],
  template: `
    <code>
      @for (word of words(); track $index) {
        <span>{{ word }}</span>&ngsp;
      }
    </code>
    <app-copy-button [text]="command()" what="command" />
  `,
  styles: `
    :host {
      display: flex;
      align-items: flex-start;
      gap: 4px;
      padding: 4px 4px 4px 12px;
      border: 1px solid var(--line);
      border-radius: 8px;
      background: var(--bg);
      color: var(--ink);
    }

    code {
      flex: 1;
      min-width: 0;
      padding: 4px 0;
      overflow-wrap: anywhere;
      line-height: 20px;
      text-align: left;
    }

    // A line ends between words, never within an option.
    span {
      display: inline-block;
      max-width: 100%;
    }
  `,
})
export class CommandLine {
  readonly command = input.required<string>();
  protected readonly words = computed(() => this.command().split(' '));
}
