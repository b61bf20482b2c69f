import { Type } from 'class-transformer';
import { IsIn, IsObject, Matches, MaxLength, ValidateNested } from 'class-validator';
import type { DefaultPolicy } from '../../../../../libs/contracts/agents.js';
import type { DefaultPolicyBody, EvaluatePolicyBody } from '../../../../../libs/contracts/policy.js';
import { Optional, Uuid } from './fields.js';
import { CreateRuleDto } from './rules.dto.js';

export class EvaluatePolicyDto implements EvaluatePolicyBody {
  @Uuid()
  readonly agentId!: string;

  @Matches(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/, { message: '$property must be an HTTP method' })
  readonly method!: string;

  @MaxLength(16_384, { message: '$property must have at most 16384 characters' })
  @Matches(/^https?:\/\/[^/]/i, { message: '$property must be an absolute http or https URL' })
  readonly url!: string;

  @Optional()
  @IsObject({ message: '$property must be a rule' })
  @ValidateNested()
  @Type(() => CreateRuleDto)
  readonly draftRule?: CreateRuleDto;
}

export class DefaultPolicyDto implements DefaultPolicyBody {
  @IsIn(['allow', 'deny'], { message: '$property must be "allow" or "deny"' })
  readonly defaultPolicy!: DefaultPolicy;
}
