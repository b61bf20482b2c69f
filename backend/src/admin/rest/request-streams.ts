import { setImmediate } from 'node:timers/promises';
import { Injectable, type MessageEvent, type OnModuleDestroy } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { RequestFilter, RequestLogEntryView } from '../../../../libs/contracts/requests.js';
import { RequestLogFeed } from '../../audit/request-log.feed.js';
import { RequestLogReader, type RequestLogScope } from '../../audit/request-log.reader.js';
import { DomainError } from '../../persistence/domain-error.js';
import { passes } from './request-filter.js';

/** Proxies and browsers give up on a connection that stays silent for 30 to 60 s. */
const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 100;
/** Entries that are read at most for a client which comes back; past it, the client is told to load the list. */
const MAX_RESUMED = 10_000;
/** How long before the last seen entry an exchange may have begun that ended after it, in milliseconds. */
const LONGEST_EXCHANGE_MS = 600_000;
/** Entries are stored in batches, side by side: one that ended this much earlier may have been stored later. */
const STORED_WITHIN_MS = 2000;

/**
 * The request log as it grows, for any number of watching consoles. Each event's id is its entry's, so that a client
 * which was cut off names the last one it saw (`Last-Event-ID`) and gets what it missed, or an event `gap` when that is
 * too much or the entry is gone. Around a resumption an entry may come twice; its id tells.
 */
@Injectable()
export class RequestStreams implements OnModuleDestroy {
  readonly #open = new Set<Subscriber<MessageEvent>>();

  constructor(
    private readonly feed: RequestLogFeed,
    private readonly log: RequestLogReader,
  ) {}

  /** Throws `UNAVAILABLE` when too many streams are open. The stream ends when the process shuts down. */
  open(scope: RequestLogScope, filter: RequestFilter, lastEventId: string | undefined): Observable<MessageEvent> {
    if (this.#open.size >= MAX_STREAMS) {
      throw new DomainError('UNAVAILABLE', `${MAX_STREAMS} event streams are open already; close one and try again.`);
    }
    return new Observable((client) => {
      this.#open.add(client);
      const follow = new Following(client, filter);
      const heartbeat = setInterval(() => client.next({ comment: 'still here' }), HEARTBEAT_MS);
      const unsubscribe = this.feed.subscribe(scope, (entries) => follow.live(entries));
      client.next({ comment: 'open' });
      this.#missed(scope, filter, lastEventId).then(
        (missed) => follow.start(missed),
        (error: unknown) => client.error(error),
      );
      return () => {
        clearInterval(heartbeat);
        unsubscribe();
        this.#open.delete(client);
      };
    });
  }

  /** Ends every stream before the server closes its connections; the last chunk is written in the ticks that follow. */
  async onModuleDestroy(): Promise<void> {
    for (const client of [...this.#open]) client.complete();
    await setImmediate();
  }

  /** What was recorded after the entry, oldest first; undefined: too much, or the entry is not there. */
  async #missed(
    scope: RequestLogScope,
    filter: RequestFilter,
    lastEventId: string | undefined,
  ): Promise<readonly RequestLogEntryView[] | undefined> {
    if (lastEventId === undefined || lastEventId === '') return [];
    const last = await this.log.get(scope, lastEventId);
    if (last === undefined) return undefined;
    const from = new Date(Date.parse(last.time) - LONGEST_EXCHANGE_MS).toISOString();
    const missed: RequestLogEntryView[] = [];
    let read = 0;
    for await (const entry of this.log.iterate(scope, { ...filter, ...laterOf(filter.from, from) })) {
      if (++read > MAX_RESUMED) return undefined;
      if (entry.id !== last.id && endOf(entry) >= endOf(last) - STORED_WITHIN_MS) missed.push(entry);
    }
    return missed.sort((a, b) => endOf(a) - endOf(b));
  }
}

/** When an exchange was over, epoch milliseconds: it is recorded then, whenever it began. */
function endOf(entry: RequestLogEntryView): number {
  return Date.parse(entry.time) + entry.durationMs;
}

function laterOf(wanted: string | undefined, from: string): { from: string } {
  return { from: wanted !== undefined && Date.parse(wanted) > Date.parse(from) ? wanted : from };
}

/** Sends one client what it missed, then what is new, each entry once although the two overlap. */
class Following {
  #waiting: RequestLogEntryView[] | undefined = [];

  constructor(
    private readonly client: Subscriber<MessageEvent>,
    private readonly filter: RequestFilter,
  ) {}

  live(entries: readonly RequestLogEntryView[]): void {
    const wanted = entries.filter((entry) => passes(entry, this.filter));
    if (this.#waiting === undefined) wanted.forEach((entry) => this.#send(entry));
    else this.#waiting.push(...wanted.slice(0, MAX_RESUMED - this.#waiting.length));
  }

  start(missed: readonly RequestLogEntryView[] | undefined): void {
    if (missed === undefined) this.client.next({ type: 'gap', data: { reload: true } });
    const sent = new Set(missed?.map((entry) => entry.id));
    missed?.forEach((entry) => this.#send(entry));
    this.#waiting?.filter((entry) => !sent.has(entry.id)).forEach((entry) => this.#send(entry));
    this.#waiting = undefined;
  }

  #send(entry: RequestLogEntryView): void {
    this.client.next({ id: entry.id, type: 'request', data: entry });
  }
}
