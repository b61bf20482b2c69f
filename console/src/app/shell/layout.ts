import { DestroyRef, Injectable, inject, signal } from '@angular/core';

/** How much room there is: `phone` hides the rail, `narrow` has no room for a list and a panel side by side. */
@Injectable({ providedIn: 'root' })
export class Layout {
  readonly phone = this.follow('(max-width: 700px)');
  readonly narrow = this.follow('(max-width: 1023px)');
  /** The navigation as an overlay, on phones. */
  readonly navigationOpen = signal(false);

  private follow(query: string) {
    const media = matchMedia(query);
    const matches = signal(media.matches);
    const update = () => matches.set(media.matches);
    media.addEventListener('change', update);
    inject(DestroyRef).onDestroy(() => media.removeEventListener('change', update));
    return matches.asReadonly();
  }
}
