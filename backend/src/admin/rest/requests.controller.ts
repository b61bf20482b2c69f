import { Controller, Get, Headers, Param, Query, Sse, type MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { PAGE_LIMIT_DEFAULT, type Page } from '../../../../libs/contracts/paging.js';
import type { RequestLogEntryView } from '../../../../libs/contracts/requests.js';
import type { RequestStatsView } from '../../../../libs/contracts/stats.js';
import { RequestLogReader } from '../../audit/request-log.reader.js';
import { DomainError } from '../../persistence/domain-error.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { RequestFilterDto, RequestPageDto, RequestStatsDto } from './dto/requests.dto.js';
import { RequestStreams } from './request-streams.js';
import { visibleTo } from './request-scope.js';

/** Most characters of events that wait for a client that does not read them; then it is dropped and may resume. */
const MAX_PENDING_CHARACTERS = 1024 * 1024;
/** Most buckets of one answer. */
const MAX_BUCKETS = 2000;

@Controller('v1/requests')
export class RequestsController {
  constructor(
    private readonly log: RequestLogReader,
    private readonly streams: RequestStreams,
  ) {}

  @Get()
  @Permission('requests:read')
  list(@CalledBy() caller: Caller, @Query() query: RequestPageDto): Promise<Page<RequestLogEntryView>> {
    const { cursor, limit, ...filter } = query;
    return this.log.list(visibleTo(caller), filter, cursor ?? null, limit ?? PAGE_LIMIT_DEFAULT);
  }

  @Sse('stream', { maxPendingDataLength: MAX_PENDING_CHARACTERS })
  @Permission('requests:read')
  stream(
    @CalledBy() caller: Caller,
    @Query() filter: RequestFilterDto,
    @Headers('last-event-id') lastEventId?: string,
  ): Observable<MessageEvent> {
    return this.streams.open(visibleTo(caller), filter, lastEventId);
  }

  @Get('stats')
  @Permission('requests:read')
  stats(@CalledBy() caller: Caller, @Query() query: RequestStatsDto): Promise<RequestStatsView> {
    const [from, to] = [new Date(query.from), new Date(query.to)];
    const buckets = (to.getTime() - from.getTime()) / 1000 / query.bucket;
    if (buckets <= 0) throw DomainError.invalid({ path: 'to', message: 'to must be later than from' });
    if (buckets > MAX_BUCKETS) {
      throw DomainError.invalid({
        path: 'bucket',
        message: `this range has more than ${MAX_BUCKETS} buckets of that width`,
      });
    }
    return this.log.stats(visibleTo(caller), from, to, query.bucket);
  }

  @Get(':id')
  @Permission('requests:read')
  async get(@CalledBy() caller: Caller, @Param('id') id: string): Promise<RequestLogEntryView> {
    const entry = await this.log.get(visibleTo(caller), id);
    if (entry === undefined) throw new DomainError('NOT_FOUND', 'There is no request with this id.');
    return entry;
  }
}
