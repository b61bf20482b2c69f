import { IsBoolean, IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import {
  RATE_LIMIT_WINDOWS,
  RULE_ACTIONS,
  type CreateRuleBody,
  type RateLimitWindow,
  type RuleAction,
  type UpdateRuleBody,
} from '../../../../../libs/contracts/rules.js';
import { Name, Nullable, Optional, Text, Uuid } from './fields.js';

const ACTION_MESSAGE = `$property must be one of ${RULE_ACTIONS.join(', ')}`;

/** What both bodies have besides their name, host and action; which fields go together is the service's to say. */
class RuleFieldsDto {
  @Nullable()
  @Text(1, 2048)
  readonly pathPattern?: string | null;

  @Nullable()
  @Matches(/^[A-Za-z]{1,20}( *, *[A-Za-z]{1,20}){0,19}$/, {
    message: '$property must be a method, or several separated by commas',
  })
  readonly method?: string | null;

  @Nullable()
  @Uuid()
  readonly agentId?: string | null;

  @Nullable()
  @IsInt({ message: '$property must be a whole number' })
  @Min(1, { message: '$property must be at least 1' })
  @Max(1_000_000_000, { message: '$property must be at most 1000000000' })
  readonly rateLimit?: number | null;

  @Nullable()
  @IsIn(RATE_LIMIT_WINDOWS, { message: `$property must be one of ${RATE_LIMIT_WINDOWS.join(', ')}` })
  readonly rateLimitWindow?: RateLimitWindow | null;

  @Optional()
  @IsBoolean({ message: '$property must be true or false' })
  readonly enabled?: boolean;
}

export class CreateRuleDto extends RuleFieldsDto implements CreateRuleBody {
  @Name()
  readonly name!: string;

  @Text(1, 300)
  readonly hostPattern!: string;

  @IsIn(RULE_ACTIONS, { message: ACTION_MESSAGE })
  readonly action!: RuleAction;
}

export class UpdateRuleDto extends RuleFieldsDto implements UpdateRuleBody {
  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Text(1, 300)
  readonly hostPattern?: string;

  @Optional()
  @IsIn(RULE_ACTIONS, { message: ACTION_MESSAGE })
  readonly action?: RuleAction;
}
