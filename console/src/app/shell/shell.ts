import type { ElementRef } from '@angular/core';
import { Component, effect, inject, viewChild } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { MatButton } from '@angular/material/button';

import { SystemStatus } from '../api/system-status';
import { Icon } from '../ui/icon';
import { Layout } from './layout';
import { Navigation } from './navigation';

/** The frame of every page: the rail (a drawer on phones), the offline banner, the page. */
@Component({
  selector: 'app-root',
  imports: [RouterOutlet, MatButton, Icon, Navigation],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  protected readonly layout = inject(Layout);
  protected readonly system = inject(SystemStatus);
  private readonly drawer = viewChild<ElementRef<HTMLDialogElement>>('drawer');

  constructor() {
    effect(() => {
      const drawer = this.drawer()?.nativeElement;
      if (drawer === undefined) return;
      if (this.layout.navigationOpen()) drawer.showModal();
      else drawer.close();
    });
  }

  /** A link that only moves the focus: the address, and with it the page's state, stays. */
  protected skip(event: Event, main: HTMLElement): void {
    event.preventDefault();
    main.focus();
  }

  protected closeOnBackdrop(event: MouseEvent): void {
    if (event.target === event.currentTarget) this.layout.navigationOpen.set(false);
  }
}
