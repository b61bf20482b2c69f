import { Component, inject, input } from '@angular/core';
import { MatIconButton } from '@angular/material/button';

import { Icon } from '../ui/icon';
import { Layout } from './layout';
import { ThemeMenu } from './theme-menu';

/** The line on top of a page: its name, then what the page puts in (search, actions), then the theme. */
@Component({
  selector: 'app-page-header',
  imports: [MatIconButton, Icon, ThemeMenu],
  template: `
    <header>
      @if (layout.phone()) {
        <button matIconButton type="button" aria-label="Open navigation" (click)="layout.navigationOpen.set(true)">
          <app-icon name="menu" />
        </button>
      }
      <h1>{{ heading() }}</h1>
      <ng-content />
      <app-theme-menu />
    </header>
  `,
  styles: `
    header {
      display: flex;
      align-items: center;
      gap: 12px;
      min-height: 64px;
    }

    h1 {
      margin-right: auto;
      font-size: 20px;
      font-weight: 650;
      line-height: 28px;
      letter-spacing: -0.01em;
    }

    :host ::ng-deep app-search-field {
      width: 280px;
    }

    @media (max-width: 700px) {
      header {
        flex-wrap: wrap;
        align-content: flex-start;
        row-gap: 12px;
        padding-top: 15px;
      }

      app-theme-menu {
        order: 1;
      }

      :host ::ng-deep app-search-field {
        order: 2;
        width: 100%;
        margin-bottom: 12px;
      }
    }
  `,
})
export class PageHeader {
  readonly heading = input.required<string>();
  protected readonly layout = inject(Layout);
}
