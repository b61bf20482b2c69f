import { Injectable, signal } from '@angular/core';

const STORAGE_KEY = 'onecli.single-key-shortcuts';

/** Whether single keys do something: who steers by voice has to be able to switch that off (WCAG 2.1.4). Kept in this browser. */
@Injectable({ providedIn: 'root' })
export class SingleKeyShortcuts {
  private readonly on = signal(stored());
  readonly enabled = this.on.asReadonly();

  enable(enabled: boolean): void {
    this.on.set(enabled);
    try {
      if (enabled) localStorage.removeItem(STORAGE_KEY);
      else localStorage.setItem(STORAGE_KEY, 'off');
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}

function stored(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== 'off';
  } catch {
    return true;
  }
}
