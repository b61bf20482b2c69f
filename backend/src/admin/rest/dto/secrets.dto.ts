import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsIn, IsObject, ValidateNested } from 'class-validator';
import {
  SECRET_TYPES,
  type CreateSecretBody,
  type InjectionConfig,
  type SecretType,
  type UpdateSecretBody,
} from '../../../../../libs/contracts/secrets.js';
import { Name, Nullable, Optional, Text } from './fields.js';
import { OneInjection } from './one-injection.js';

/** Longest secret value, in characters: a private key fits, a mistake with a file does not. */
const VALUE_MAX = 65_536;

/** The four shapes of `InjectionConfig` in one class; {@link OneInjection} admits exactly one of them. */
export class InjectionConfigDto {
  @Optional()
  @Text(1, 200)
  readonly headerName?: string;

  @Optional()
  @Text(1, 1000)
  readonly valueFormat?: string;

  @Optional()
  @Text(1, 200)
  readonly paramName?: string;

  @Optional()
  @Text(1, 1000)
  readonly paramFormat?: string;

  @Optional()
  @Text(1, 2048)
  readonly pathTemplate?: string;

  @Optional()
  @Text(1, 255)
  readonly username?: string;
}

const Injection = (): PropertyDecorator => (target, property) => {
  Nullable()(target, property);
  IsObject({ message: '$property must be an object or null' })(target, property);
  ValidateNested({ message: '$property must be an object or null' })(target, property);
  Type(() => InjectionConfigDto)(target, property);
  OneInjection()(target, property);
};

export class CreateSecretDto implements CreateSecretBody {
  @Name()
  readonly name!: string;

  @IsIn(SECRET_TYPES, { message: `$property must be one of ${SECRET_TYPES.join(', ')}` })
  readonly type!: SecretType;

  @IsDefined({ message: '$property is missing' })
  @Text(1, VALUE_MAX)
  readonly value!: string;

  @Optional()
  @Text(1, 300)
  readonly hostPattern?: string;

  @Nullable()
  @Text(1, 2048)
  readonly pathPattern?: string | null;

  @Injection()
  readonly injectionConfig?: InjectionConfig | null;

  @Optional()
  @IsBoolean({ message: '$property must be true or false' })
  readonly allowPlainHttp?: boolean;
}

export class UpdateSecretDto implements UpdateSecretBody {
  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Text(1, VALUE_MAX)
  readonly value?: string;

  @Optional()
  @Text(1, 300)
  readonly hostPattern?: string;

  @Nullable()
  @Text(1, 2048)
  readonly pathPattern?: string | null;

  @Injection()
  readonly injectionConfig?: InjectionConfig | null;

  @Optional()
  @IsBoolean({ message: '$property must be true or false' })
  readonly allowPlainHttp?: boolean;
}
