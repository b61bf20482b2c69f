import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import type { Subscription } from 'rxjs';
import { firstValueFrom } from 'rxjs';

import type { RequestFilter } from '../../../../libs/contracts/requests';
import type { Problem } from '../api/problem';
import { problemOf } from '../api/problem';
import type { StreamEvent } from './activity-api';
import { ActivityApi } from './activity-api';
import type { ActivityFilter } from './activity-filter';
import { matches, requestFilterOf } from './activity-filter';
import { LiveBuffer } from './live-buffer';
import type { Rows } from './request-rows';
import { ROWS_MAX, merge, resumeBefore } from './request-rows';

export type Phase = 'loading' | 'ready' | 'failed';
export type Connection = 'connecting' | 'live' | 'lost';

/**
 * The rows of the Activity page: the newest page, live entries above it, older pages below it. It keeps at most `ROWS_MAX` rows:
 * live arrivals push old rows out at the end, scrolling down pushes new ones out at the top.
 */
@Injectable()
export class RequestFeed {
  private readonly api = inject(ActivityApi);
  private readonly buffer = new LiveBuffer();
  private filter: RequestFilter = {};
  private opened: ActivityFilter = {};
  private cursor: string | undefined;
  private resumeAt: string | undefined;
  private stream: Subscription | undefined;
  private frame: number | undefined;
  /** Rises with every (re)opening; an answer of an earlier one is stale. */
  private generation = 0;
  /** Something was missed that has to be read. */
  private gap = false;

  private readonly list = signal<Rows>([]);
  private readonly state = signal<Phase>('loading');
  private readonly trouble = signal<Problem | undefined>(undefined);
  private readonly olderState = signal<'idle' | 'loading' | 'failed' | 'end'>('idle');
  private readonly link = signal<Connection>('connecting');
  private readonly stopped = signal(false);
  private readonly away = signal(false);
  private readonly cutAbove = signal(0);
  private readonly waitingCount = signal(0);
  private readonly arrivedRows = signal<Rows>([]);

  readonly rows = this.list.asReadonly();
  readonly phase = this.state.asReadonly();
  readonly problem = this.trouble.asReadonly();
  readonly older = this.olderState.asReadonly();
  readonly connection = this.link.asReadonly();
  readonly paused = this.stopped.asReadonly();
  /** How many rows were dropped above the first one; scrolling has to make up for them. */
  readonly droppedAbove = this.cutAbove.asReadonly();
  /** Arrivals that are held back while the list is paused or scrolled. */
  readonly waiting = this.waitingCount.asReadonly();
  /** The last batch that was shown, for the announcement. */
  readonly arrived = this.arrivedRows.asReadonly();
  private readonly holding = computed(() => this.stopped() || this.away() || this.cutAbove() > 0);

  constructor() {
    inject(DestroyRef).onDestroy(() => this.close());
  }

  /** Starts over with another filter, or the same one. */
  async open(filter: ActivityFilter): Promise<void> {
    this.close();
    const generation = ++this.generation;
    this.opened = filter;
    this.filter = requestFilterOf(filter, Date.now());
    this.buffer.take();
    this.waitingCount.set(0);
    this.cutAbove.set(0);
    this.away.set(false);
    this.state.set('loading');
    this.trouble.set(undefined);
    this.link.set('connecting');
    this.gap = false;
    this.stream = this.api.stream(this.filter).subscribe((event) => this.hear(event));
    try {
      const page = await firstValueFrom(this.api.page(this.filter, undefined));
      if (generation !== this.generation) return;
      this.list.set(page.items);
      this.continueFrom(page.nextCursor);
      this.state.set('ready');
      this.schedule();
    } catch (error) {
      if (generation !== this.generation) return;
      this.list.set([]);
      this.trouble.set(problemOf(error));
      this.state.set('failed');
    }
  }

  retry(): Promise<void> {
    return this.open(this.opened);
  }

  async loadOlder(): Promise<void> {
    if (this.state() !== 'ready' || this.olderState() === 'loading' || this.olderState() === 'end') return;
    const generation = this.generation;
    this.olderState.set('loading');
    const filter = this.resumeAt === undefined ? this.filter : { ...this.filter, to: this.resumeAt };
    try {
      const page = await firstValueFrom(this.api.page(filter, this.cursor));
      if (generation !== this.generation) return;
      const rows = merge(this.list(), page.items);
      const excess = Math.max(0, rows.length - ROWS_MAX);
      this.list.set(excess > 0 ? rows.slice(excess) : rows);
      if (excess > 0) this.cutAbove.update((cut) => cut + excess);
      this.cursor = page.nextCursor ?? undefined;
      this.olderState.set(page.nextCursor === null ? 'end' : 'idle');
    } catch {
      if (generation === this.generation) this.olderState.set('failed');
    }
  }

  pause(paused: boolean): void {
    this.stopped.set(paused);
    if (!paused) this.release();
  }

  /** Tells whether the reader is at the top, where arrivals may move the rows. */
  readingAtTop(atTop: boolean): void {
    this.away.set(!atTop);
    if (atTop) this.schedule();
  }

  /** Shows what was held back. The caller scrolls to the top. */
  release(): void {
    if (this.cutAbove() > 0) {
      void this.open(this.opened);
      return;
    }
    this.away.set(false);
    this.show();
  }

  private close(): void {
    this.stream?.unsubscribe();
    this.stream = undefined;
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }

  private hear(event: StreamEvent): void {
    switch (event.kind) {
      case 'open':
        this.link.set('live');
        if (this.gap) void this.catchUp();
        return;
      case 'lost':
        this.link.set('lost');
        return;
      case 'gap':
        this.gap = true;
        if (this.link() === 'live') void this.catchUp();
        return;
      case 'entry':
        if (!matches(event.entry, this.filter)) return;
        this.buffer.push(event.entry);
        this.schedule();
    }
  }

  /** What was missed is on the newest page, or it is so much that the list starts over. */
  private async catchUp(): Promise<void> {
    this.gap = false;
    if (this.state() !== 'ready') {
      await this.open(this.opened);
      return;
    }
    const generation = this.generation;
    try {
      const page = await firstValueFrom(this.api.page(this.filter, undefined));
      if (generation !== this.generation) return;
      const known = new Set(this.list().map((row) => row.id));
      const connected = page.nextCursor === null || page.items.some((entry) => known.has(entry.id));
      if (!connected && !this.holding()) {
        await this.open(this.opened);
        return;
      }
      for (const entry of page.items) if (!known.has(entry.id)) this.buffer.push(entry);
      this.schedule();
    } catch {
      // The next opening of the stream tries again; until then its state says that the connection is bad.
      this.gap = true;
    }
  }

  private schedule(): void {
    if (this.frame !== undefined || this.state() !== 'ready') return;
    this.frame = requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.holding()) this.waitingCount.set(this.buffer.size);
      else this.show();
    });
  }

  private show(): void {
    const { entries, overflowed } = this.buffer.take();
    this.waitingCount.set(0);
    if (overflowed) {
      void this.open(this.opened);
      return;
    }
    if (entries.length === 0) return;
    const rows = merge(this.list(), entries);
    if (rows.length > ROWS_MAX) {
      this.list.set(rows.slice(0, ROWS_MAX));
      this.resumeAt = resumeBefore(this.list());
      this.cursor = undefined;
      this.olderState.set('idle');
    } else {
      this.list.set(rows);
    }
    this.arrivedRows.set(entries);
  }

  private continueFrom(cursor: string | null): void {
    this.cursor = cursor ?? undefined;
    this.resumeAt = undefined;
    this.olderState.set(cursor === null ? 'end' : 'idle');
  }
}
