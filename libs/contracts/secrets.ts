/** Wire types of `/v1/secrets`. A value goes in and never comes out. */
export const SECRET_TYPES = ['anthropic', 'openai', 'generic'] as const;
export type SecretType = (typeof SECRET_TYPES)[number];

export const SECRET_TYPE_LABELS: Readonly<Record<SecretType, string>> = {
  anthropic: 'Anthropic API key or token',
  openai: 'OpenAI API key',
  generic: 'Generic credential',
};

/** Hosts that typed secrets are for when none is given. */
export const SECRET_TYPE_HOSTS: Readonly<Record<SecretType, string | null>> = {
  anthropic: 'api.anthropic.com',
  openai: 'api.openai.com',
  generic: null,
};

export interface HeaderInjection {
  readonly headerName: string;
  /** `{value}` stands for the secret value. Default `{value}`. */
  readonly valueFormat?: string;
}

export interface QueryInjection {
  readonly paramName: string;
  /** `{value}` stands for the secret value. Default `{value}`. */
  readonly paramFormat?: string;
}

export interface PathInjection {
  /** A literal prefix from the path's start; `{value}` stands for everything up to the next slash. */
  readonly pathTemplate: string;
}

export interface BasicInjection {
  readonly username: string;
}

export type InjectionConfig = HeaderInjection | QueryInjection | PathInjection | BasicInjection;

export interface SecretView {
  readonly id: string;
  readonly name: string;
  readonly type: SecretType;
  readonly typeLabel: string;
  readonly hostPattern: string;
  readonly pathPattern: string | null;
  readonly injectionConfig: InjectionConfig | null;
  readonly allowPlainHttp: boolean;
  /** At most the last four characters, of values longer than twelve; else null. */
  readonly preview: string | null;
  readonly createdAt: string;
  readonly rotatedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly version: string;
}

export interface CreateSecretBody {
  readonly name: string;
  readonly type: SecretType;
  readonly value: string;
  /** Required for `generic`; the other types default to their vendor's host. */
  readonly hostPattern?: string;
  readonly pathPattern?: string | null;
  readonly injectionConfig?: InjectionConfig | null;
  /** Without it the value travels over verified TLS only. */
  readonly allowPlainHttp?: boolean;
}

/** A change of host, path, injection or plain HTTP that does more than narrow must carry `value`. */
export interface UpdateSecretBody {
  readonly name?: string;
  readonly value?: string;
  readonly hostPattern?: string;
  readonly pathPattern?: string | null;
  readonly injectionConfig?: InjectionConfig | null;
  readonly allowPlainHttp?: boolean;
}
