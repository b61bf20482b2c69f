import { Component, computed, inject, output } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';
import { MatIconButton } from '@angular/material/button';

import { healthOf } from '../api/health';
import { SystemStatus } from '../api/system-status';
import type { IconName } from '../ui/icon-outlines';
import { Icon } from '../ui/icon';
import { Shortcuts } from './shortcuts';

const PAGES: readonly { readonly path: string; readonly name: string; readonly icon: IconName }[] = [
  { path: '/overview', name: 'Overview', icon: 'monitoring' },
  { path: '/activity', name: 'Activity', icon: 'receipt_long' },
];

/** The rail: where one is, which project it is about, and whether everything is well. */
@Component({
  selector: 'app-navigation',
  imports: [RouterLink, RouterLinkActive, MatIconButton, Icon],
  templateUrl: './navigation.html',
  styleUrl: './navigation.scss',
})
export class Navigation {
  /** Someone chose a page. */
  readonly chosen = output();
  protected readonly pages = PAGES;
  protected readonly shortcuts = inject(Shortcuts);
  private readonly system = inject(SystemStatus);

  protected readonly project = computed(() => this.system.view()?.projectName);
  protected readonly health = computed(() => {
    const view = this.system.view();
    const problem = this.system.problem();
    if (problem !== undefined)
      return { tone: 'bad', sentence: problem.answered ? 'Health is not known' : 'Not reachable' } as const;
    return view === undefined ? undefined : healthOf(view);
  });
}
