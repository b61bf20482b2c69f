import { IsIn, IsInt, Max, Min } from 'class-validator';
import { REQUEST_DECISIONS, type RequestDecision, type RequestFilter } from '../../../../../libs/contracts/requests.js';
import { Digits, Optional, PageCursor, PageLimit, Text, Time, Uuid } from './fields.js';

/** The filters of `/v1/requests`, alone those of its event stream. */
export class RequestFilterDto implements RequestFilter {
  @Optional()
  @Uuid()
  readonly agentId?: string;

  @Optional()
  @Text(1, 300)
  readonly host?: string;

  @Optional()
  @Text(1, 40)
  readonly method?: string;

  @Optional()
  @IsIn(REQUEST_DECISIONS, { message: `$property must be one of ${REQUEST_DECISIONS.join(', ')}` })
  readonly decision?: RequestDecision;

  @Optional()
  @Digits()
  @IsInt({ message: '$property must be a status code' })
  @Min(100, { message: '$property must be a status code' })
  @Max(599, { message: '$property must be a status code' })
  readonly status?: number;

  @Optional()
  @Uuid()
  readonly secretId?: string;

  @Optional()
  @Uuid()
  readonly ruleId?: string;

  @Optional()
  @Time()
  readonly from?: string;

  @Optional()
  @Time()
  readonly to?: string;

  @Optional()
  @Text(1, 200)
  readonly q?: string;
}

/** A page of the request log, newest first. */
export class RequestPageDto extends RequestFilterDto {
  @PageLimit()
  readonly limit?: number;

  @PageCursor()
  readonly cursor?: string;
}

/** The time range and bucket width, in seconds, of the totals. */
export class RequestStatsDto {
  @Time()
  readonly from!: string;

  @Time()
  readonly to!: string;

  @Digits()
  @IsInt({ message: '$property must be a whole number of seconds' })
  @Min(1, { message: '$property must be at least 1' })
  @Max(86_400 * 31, { message: '$property must be at most 31 days' })
  readonly bucket!: number;
}
