import { DestroyRef, Injectable, Injector, inject } from '@angular/core';
import { Router } from '@angular/router';

import { SingleKeyShortcuts } from './single-key-shortcuts';

/** Keys that a page adds while it is shown. */
export type PageKeys = Readonly<Record<string, () => void>>;

/** How long `g` waits for its second key, milliseconds. */
const SEQUENCE = 1_200;

/**
 * Single-key shortcuts: `/` search, `?` help, `g o` and `g a` to go somewhere, and what the page adds. They never
 * fire while someone types; all but Escape can be switched off.
 */
@Injectable({ providedIn: 'root' })
export class Shortcuts {
  private readonly router = inject(Router);
  private readonly injector = inject(Injector);
  private readonly singleKeys = inject(SingleKeyShortcuts);
  private readonly added = new Set<PageKeys>();
  private goUntil = 0;

  constructor() {
    const listen = (event: KeyboardEvent) => this.handle(event);
    document.addEventListener('keydown', listen);
    inject(DestroyRef).onDestroy(() => document.removeEventListener('keydown', listen));
  }

  /** Adds keys until `destroyRef`'s owner goes. */
  addWhileShown(keys: PageKeys, destroyRef: DestroyRef): void {
    this.added.add(keys);
    destroyRef.onDestroy(() => this.added.delete(keys));
  }

  /** The dialog comes in its own chunk: it is opened seldom. */
  async showHelp(): Promise<void> {
    const { openShortcutsDialog } = await import('./shortcuts-dialog');
    openShortcutsDialog(this.injector);
  }

  private handle(event: KeyboardEvent): void {
    const off = !this.singleKeys.enabled() && event.key !== 'Escape';
    if (off || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = this.actionOf(event.key);
    this.goUntil = event.key === 'g' ? Date.now() + SEQUENCE : 0;
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  private actionOf(key: string): (() => void) | undefined {
    if (document.querySelector('.cdk-overlay-backdrop, dialog[open]') !== null) return undefined;
    if (Date.now() < this.goUntil) {
      if (key === 'o') return () => void this.router.navigateByUrl('/overview');
      if (key === 'a') return () => void this.router.navigateByUrl('/activity');
    }
    if (key === '?') return () => void this.showHelp();
    return [...this.added].find((keys) => key in keys)?.[key];
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
