import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsInt, IsUUID, Matches, Max, Min } from 'class-validator';
import {
  AGENT_IDENTIFIER_PATTERN,
  type AssignedSecretsBody,
  type CreateAgentBody,
  type DefaultPolicy,
  type RegenerateTokenBody,
  type SecretMode,
  type SecretModeBody,
  type UpdateAgentBody,
} from '../../../../../libs/contracts/agents.js';
import { Name, Nullable, Optional, Time } from './fields.js';

const IDENTIFIER_MESSAGE =
  '$property must be 1 to 50 lower-case letters, digits and hyphens, beginning with a letter or a digit';

export class CreateAgentDto implements CreateAgentBody {
  @Name()
  readonly name!: string;

  @Matches(AGENT_IDENTIFIER_PATTERN, { message: IDENTIFIER_MESSAGE })
  readonly identifier!: string;

  @Optional()
  @Matches(AGENT_IDENTIFIER_PATTERN, { message: IDENTIFIER_MESSAGE })
  readonly parentIdentifier?: string;

  @Optional()
  @Time()
  readonly expiresAt?: string;
}

export class UpdateAgentDto implements UpdateAgentBody {
  @Optional()
  @Name()
  readonly name?: string;

  @Nullable()
  @IsIn(['allow', 'deny'], { message: '$property must be "deny", or null to follow the project' })
  readonly defaultPolicy?: DefaultPolicy | null;
}

export class RegenerateTokenDto implements RegenerateTokenBody {
  @Optional()
  @IsInt({ message: '$property must be a whole number of seconds' })
  @Min(0, { message: '$property must be at least 0' })
  @Max(86_400, { message: '$property must be at most 86400' })
  readonly graceSeconds?: number;
}

export class AssignedSecretsDto implements AssignedSecretsBody {
  @IsArray({ message: '$property must be an array of ids' })
  @ArrayMaxSize(10_000, { message: '$property must have at most 10000 ids' })
  @ArrayUnique({ message: '$property must not name a secret twice' })
  @IsUUID(undefined, { each: true, message: 'each of $property must be an id (a UUID)' })
  readonly secretIds!: readonly string[];
}

export class SecretModeDto implements SecretModeBody {
  @IsIn(['all', 'selective'], { message: '$property must be "all" or "selective"' })
  readonly mode!: SecretMode;
}
