import type { Injector } from '@angular/core';
import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import {
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';

import { SingleKeyShortcuts } from './single-key-shortcuts';

const KEYS: readonly { readonly keys: readonly string[]; readonly what: string }[] = [
  { keys: ['/'], what: 'Search' },
  { keys: ['g', 'o'], what: 'Go to Overview' },
  { keys: ['g', 'a'], what: 'Go to Activity' },
  { keys: ['p'], what: 'Pause or resume the live list' },
  { keys: ['↑', '↓'], what: 'Move through a list' },
  { keys: ['Enter'], what: 'Open the request' },
  { keys: ['Esc'], what: 'Close what is open' },
  { keys: ['?'], what: 'Show this list' },
];

export function openShortcutsDialog(injector: Injector): void {
  injector.get(MatDialog).open(ShortcutsDialog, { width: '420px', restoreFocus: true });
}

@Component({
  selector: 'app-shortcuts-dialog',
  imports: [MatButton, MatCheckbox, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>Keyboard shortcuts</h2>
    <mat-dialog-content>
      <dl>
        @for (entry of keys; track entry.what) {
          <div>
            <dt>{{ entry.what }}</dt>
            <dd>
              @for (key of entry.keys; track key) {
                <kbd>{{ key }}</kbd>
              }
            </dd>
          </div>
        }
      </dl>
      <mat-checkbox [checked]="singleKeys.enabled()" (change)="singleKeys.enable($event.checked)">
        Single-key shortcuts
      </mat-checkbox>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton="outlined" mat-dialog-close>Close</button>
    </mat-dialog-actions>
  `,
  styles: `
    dl {
      display: grid;
      gap: 4px;
      margin-bottom: 12px;
    }

    div {
      display: flex;
      justify-content: space-between;
      padding: 4px 0;
      color: var(--ink-2);
    }

    dd {
      display: flex;
      gap: 4px;
    }

    kbd {
      min-width: 22px;
      padding: 0 6px;
      border: 1px solid var(--line-strong);
      border-radius: 5px;
      color: var(--ink);
      text-align: center;
    }
  `,
})
export class ShortcutsDialog {
  protected readonly singleKeys = inject(SingleKeyShortcuts);
  protected readonly keys = KEYS;
}
