import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { MatButton } from '@angular/material/button';

import { SystemStatus } from '../api/system-status';
import { Icon } from '../ui/icon';
import { Modal } from '../ui/modal';
import { Layout } from './layout';
import { Navigation } from './navigation';

/** The frame of every page: the rail (a drawer on phones), the offline banner, the page. */
@Component({
  selector: 'app-root',
  imports: [RouterOutlet, MatButton, Icon, Modal, Navigation],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  protected readonly layout = inject(Layout);
  protected readonly system = inject(SystemStatus);

  /** A link that only moves the focus: the address, and with it the page's state, stays. */
  protected skip(event: Event, main: HTMLElement): void {
    event.preventDefault();
    main.focus();
  }
}
