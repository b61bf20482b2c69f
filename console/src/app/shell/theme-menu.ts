import { Component, computed, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';

import type { IconName } from '../ui/icon-outlines';
import { Icon } from '../ui/icon';
import type { Theme } from './theme-choice';
import { THEMES, ThemeChoice } from './theme-choice';

const LOOK: Readonly<Record<Theme, { readonly label: string; readonly icon: IconName }>> = {
  system: { label: 'As the system', icon: 'contrast' },
  light: { label: 'Light', icon: 'light_mode' },
  dark: { label: 'Dark', icon: 'dark_mode' },
};

@Component({
  selector: 'app-theme-menu',
  imports: [MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger, Icon],
  template: `
    <button matIconButton type="button" aria-label="Theme" title="Theme" [matMenuTriggerFor]="menu">
      <app-icon [name]="look[choice.theme()].icon" />
    </button>
    <mat-menu #menu="matMenu" xPosition="before">
      @for (theme of themes; track theme) {
        <button
          mat-menu-item
          role="menuitemradio"
          [attr.aria-checked]="current() === theme"
          (click)="choice.choose(theme)"
        >
          <span class="option">
            <app-icon [name]="look[theme].icon" />{{ look[theme].label }}
            @if (current() === theme) {
              <app-icon class="tick" name="check" />
            }
          </span>
        </button>
      }
    </mat-menu>
  `,
  styles: `
    .option {
      display: flex;
      align-items: center;
      gap: 10px;
      min-width: 160px;
    }

    .tick {
      margin-left: auto;
      color: var(--brand-ink);
    }
  `,
})
export class ThemeMenu {
  protected readonly choice = inject(ThemeChoice);
  protected readonly themes = THEMES;
  protected readonly look = LOOK;
  protected readonly current = computed(() => this.choice.theme());
}
