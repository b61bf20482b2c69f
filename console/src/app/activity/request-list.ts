import type { ElementRef } from '@angular/core';
import {
  Component,
  DestroyRef,
  afterRenderEffect,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';

import type { RequestLogEntryView } from '../../../../libs/contracts/requests';
import { Clock } from '../ui/clock';
import { DecisionChip } from '../ui/decision-chip';
import { milliseconds } from '../ui/quantity';
import { exactTime, listTime } from '../ui/time';
import type { Rows } from './request-rows';
import { virtualRange } from './virtual-range';

/** How far from the end older rows are asked for, pixels. */
const AHEAD = 900;

/** The least width of a list with columns, pixels: beside an open request at 1280 it has 612. */
const ROOM_FOR_COLUMNS = 600;

/** By a key the focus goes along; by a pointer it stays in the list. */
export interface Opening {
  readonly entry: RequestLogEntryView;
  readonly byKey: boolean;
}

/** The list itself: draws only what is near the window, one grid for the keyboard and for screen readers. */
@Component({
  selector: 'app-request-list',
  imports: [MatButton, DecisionChip],
  templateUrl: './request-list.html',
  styleUrl: './request-list.scss',
})
export class RequestList {
  readonly rows = input.required<Rows>();
  readonly loading = input(false);
  readonly older = input<'idle' | 'loading' | 'failed' | 'end'>('end');
  readonly droppedAbove = input(0);
  readonly selectedId = input<string | undefined>();
  readonly opened = output<Opening>();
  readonly olderWanted = output();
  readonly atTop = output<boolean>();

  /** Where there is no room for columns a row has two lines. */
  protected readonly roomy = computed(() => this.width() < ROOM_FOR_COLUMNS);
  protected readonly rowHeight = computed(() => (this.roomy() ? 62 : 42));
  protected readonly scrollTop = signal(0);
  protected readonly windowHeight = signal(600);
  private readonly width = signal(960);
  /** Where the keys are; it stays when the request is closed. */
  protected readonly activeId = linkedSignal<string | undefined, string | undefined>({
    source: this.selectedId,
    computation: (selected, previous) => selected ?? previous?.value,
  });
  protected readonly skeletons = Array.from({ length: 14 }, (_, index) => index);
  private readonly clock = inject(Clock);
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private dropped = 0;

  private readonly range = computed(() =>
    virtualRange(this.scrollTop(), this.windowHeight(), this.rowHeight(), this.rows().length),
  );
  protected readonly drawn = computed(() => {
    const { start, end } = this.range();
    return this.rows()
      .slice(start, end)
      .map((entry, offset) => ({ entry, index: start + offset }));
  });
  protected readonly activeRowId = computed(() => {
    const id = this.activeId();
    return this.drawn().some(({ entry }) => entry.id === id) ? `request-${id ?? ''}` : null;
  });
  private readonly wasAtTop = computed(() => this.scrollTop() < this.rowHeight() / 2);

  constructor() {
    const resizes = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      this.windowHeight.set(entry.contentRect.height);
      this.width.set(entry.contentRect.width);
    });
    inject(DestroyRef).onDestroy(() => resizes.disconnect());
    afterRenderEffect({ earlyRead: () => resizes.observe(this.scroller().nativeElement) });
    afterRenderEffect({ mixedReadWrite: () => this.makeUpForDropped(this.droppedAbove()) });
    effect(() => this.atTop.emit(this.wasAtTop()));
  }

  scrollToTop(): void {
    this.scroller().nativeElement.scrollTop = 0;
    this.scrollTop.set(0);
  }

  focus(): void {
    this.scroller().nativeElement.focus({ preventScroll: true });
  }

  protected scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller().nativeElement;
    this.scrollTop.set(scrollTop);
    if (this.older() === 'idle' && scrollHeight - scrollTop - clientHeight < AHEAD) this.olderWanted.emit();
  }

  protected key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.windowHeight() / this.rowHeight()) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined) this.move(step);
    else if (event.key === 'Enter') this.openActive();
    else return;
    event.preventDefault();
  }

  protected choose(entry: RequestLogEntryView): void {
    this.activeId.set(entry.id);
    this.opened.emit({ entry, byKey: false });
  }

  protected time(entry: RequestLogEntryView): string {
    return listTime(entry.time, this.clock.now());
  }

  protected readonly exact = exactTime;
  protected readonly milliseconds = milliseconds;

  private move(step: number): void {
    const rows = this.rows();
    const at = rows.findIndex((row) => row.id === this.activeId());
    const target = Math.min(rows.length - 1, Math.max(0, at === -1 ? 0 : at + step));
    const entry = rows[target];
    if (entry === undefined) return;
    this.activeId.set(entry.id);
    this.reveal(target);
    if (this.selectedId() !== undefined) this.opened.emit({ entry, byKey: true });
  }

  private openActive(): void {
    const entry = this.rows().find((row) => row.id === this.activeId());
    if (entry !== undefined) this.opened.emit({ entry, byKey: true });
  }

  private reveal(index: number): void {
    const element = this.scroller().nativeElement;
    const top = index * this.rowHeight();
    const head = element.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0;
    const bottom = top + this.rowHeight() - (element.clientHeight - head);
    if (element.scrollTop > top) element.scrollTop = top;
    else if (element.scrollTop < bottom) element.scrollTop = bottom;
  }

  /** Rows that left above would move the rest under the reader's eyes. */
  private makeUpForDropped(dropped: number): void {
    const gone = dropped - this.dropped;
    this.dropped = dropped;
    if (gone > 0) this.scroller().nativeElement.scrollTop -= gone * this.rowHeight();
  }
}
