import { Directive, ElementRef, afterRenderEffect, inject, input, output } from '@angular/core';

/** A native `dialog` that is modal while `open`: the browser keeps the focus inside, Escape and the backdrop dismiss it. */
@Directive({
  selector: 'dialog[appModal]',
  host: { '(close)': 'dismissed.emit()', '(click)': 'clicked($event)' },
})
export class Modal {
  readonly open = input(true);
  readonly dismissed = output();
  private readonly dialog = inject<ElementRef<HTMLDialogElement>>(ElementRef).nativeElement;

  constructor() {
    afterRenderEffect(() => {
      if (this.open() === this.dialog.open) return;
      if (this.open()) this.dialog.showModal();
      else this.dialog.close();
    });
  }

  /** What is inside fills the dialog, so a click on the dialog itself is one on its backdrop. */
  protected clicked(event: Event): void {
    if (event.target === this.dialog) this.dismissed.emit();
  }
}
