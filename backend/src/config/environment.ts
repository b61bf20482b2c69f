import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';

/** Marks a variable with the one-line reason that docs/operations.md shows. */
const reasons = new Map<string, string>();
function Reason(text: string): PropertyDecorator {
  return (_target, property) => void reasons.set(String(property), text);
}

/** What every variable is for, in the order in which they are declared. */
export function environmentReasons(): ReadonlyMap<string, string> {
  return reasons;
}

const toInt = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value,
);
/** A whole number between two bounds, both allowed. */
function Whole(minimum: number, maximum: number): PropertyDecorator {
  return (target, property) => {
    toInt(target, property);
    IsInt()(target, property);
    Min(minimum)(target, property);
    Max(maximum)(target, property);
  };
}

const MS_MAX = 86_400_000;

/**
 * Every environment variable that the server reads: name, type, default, reason. Nothing else in the backend reads
 * `process.env` (lint). docs/operations.md is generated from here.
 */
export class Environment {
  @IsOptional()
  @IsString()
  @Reason(
    'Where database, encryption key and audit spool lie; closed to others. Default: .onecli in the working directory',
  )
  ONECLI_DATA_DIR?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must start with postgres:// or postgresql://' })
  @Reason('An external PostgreSQL 14 or later. Default: an embedded one in the data directory')
  DATABASE_URL?: string;

  @IsOptional()
  @IsString()
  @Reason(
    '32 bytes in base64 or hex; further keys after commas only open (rotation). Default: generated into the data directory',
  )
  SECRET_ENCRYPTION_KEY?: string;

  @Matches(/^(gateway|admin|worker)(,(gateway|admin|worker))*$/, {
    message: 'ROLES takes gateway, admin and worker, separated by commas',
  })
  @Reason('What this process does')
  ROLES = 'gateway,admin,worker';

  @Whole(0, 65_535)
  @Reason('Port of the console and its REST interface')
  ADMIN_PORT = 10_254;

  @Whole(0, 65_535)
  @Reason('Port that agents use as their proxy')
  GATEWAY_PORT = 10_255;

  @IsString()
  @Reason('Address that the control plane listens on')
  ADMIN_HOST = '127.0.0.1';

  @IsString()
  @Reason('Address that the gateway listens on; it always asks for a token, and containers must reach it')
  GATEWAY_HOST = '0.0.0.0';

  @IsIn(['0', '1'])
  @Reason('1 lets the control plane listen beyond this machine without sign-in')
  ADMIN_ALLOW_UNAUTHENTICATED = '0';

  @IsOptional()
  @IsString()
  @Reason('Further names, comma-separated, that the Host check of the control plane accepts')
  ADMIN_ALLOWED_HOSTS?: string;

  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  @Reason('How browsers reach the console; links and messages show it. Default: http://localhost:ADMIN_PORT')
  ADMIN_PUBLIC_URL?: string;

  @IsOptional()
  @Matches(/^[^\s/@]+$/, { message: 'GATEWAY_PUBLIC_HOST is a host, optionally with :port' })
  @Reason('How agents reach the gateway; container config shows it. Default: host.docker.internal:GATEWAY_PORT')
  GATEWAY_PUBLIC_HOST?: string;

  @IsOptional()
  @IsString()
  @Reason("PEM file of further roots for upstreams, a company's own for instance")
  GATEWAY_EXTRA_CA_CERTS?: string;

  @IsOptional()
  @IsString()
  @Reason('Hosts and CIDRs, comma-separated, optionally :port, that upstreams may be although private')
  GATEWAY_ALLOW_PRIVATE?: string;

  @IsOptional()
  @IsString()
  @Reason(
    'Addresses and CIDRs, comma-separated, of TCP balancers: they must send a PROXY protocol header, which is believed',
  )
  GATEWAY_TRUSTED_PROXIES?: string;

  @Whole(1000, MS_MAX)
  @Reason('How long a gateway that is cut off from the database serves its last policy, in milliseconds')
  GATEWAY_SNAPSHOT_MAX_AGE = 300_000;

  @Whole(0, 600_000)
  @Reason('How long running exchanges may take to finish after SIGTERM, in milliseconds')
  GATEWAY_SHUTDOWN_TIMEOUT = 30_000;

  @Whole(1024, 1_048_576)
  @Reason('Largest header block of a request, in bytes')
  GATEWAY_MAX_HEADER_BYTES = 65_536;

  @Whole(10, 10_000)
  @Reason('Most fields in a request')
  GATEWAY_MAX_HEADER_FIELDS = 200;

  @Whole(256, 1_048_576)
  @Reason('Longest request target, in bytes')
  GATEWAY_MAX_TARGET_BYTES = 16_384;

  @Whole(100, MS_MAX)
  @Reason('How long a request head may take to arrive, in milliseconds')
  GATEWAY_HEADER_TIMEOUT = 10_000;

  @Whole(100, MS_MAX)
  @Reason("How long the agent's TLS handshake may take, in milliseconds")
  GATEWAY_TLS_TIMEOUT = 10_000;

  @Whole(100, MS_MAX)
  @Reason('How long a tunnel may be idle, in milliseconds')
  GATEWAY_IDLE_TIMEOUT = 300_000;

  @Whole(100, MS_MAX)
  @Reason('How long connecting to an upstream may take, TLS included, in milliseconds')
  GATEWAY_CONNECT_TIMEOUT = 10_000;

  @Whole(100, MS_MAX)
  @Reason("How long an upstream's response head may take, in milliseconds")
  GATEWAY_RESPONSE_TIMEOUT = 300_000;

  @Whole(100, MS_MAX)
  @Reason('How long a body may be silent, in milliseconds')
  GATEWAY_BODY_TIMEOUT = 600_000;

  @Whole(1, 1_000_000)
  @Reason('Most open tunnels of one agent; its connections without a tunnel count, too')
  GATEWAY_MAX_TUNNELS_PER_AGENT = 1000;

  @Whole(1, 1_000_000)
  @Reason('Most requests of one agent that run at a time, pipelined ones included')
  GATEWAY_MAX_EXCHANGES_PER_AGENT = 1000;

  @Whole(10, 1_000_000)
  @Reason('Most open connections that have shown no valid token; one more closes the oldest')
  GATEWAY_MAX_UNAUTHENTICATED = 5000;

  @Whole(10, 1_000_000)
  @Reason('Most hosts whose leaf certificates are kept in memory')
  GATEWAY_LEAF_CACHE_SIZE = 2000;

  @Whole(1, 1_000_000)
  @Reason('Wrong tokens that one client address may send in a minute')
  GATEWAY_AUTH_FAILURES_PER_MINUTE = 20;

  @Whole(1, 65_536)
  @Reason('Largest audit spool on disk, in MiB')
  AUDIT_SPOOL_MAX_MIB = 1024;

  @IsIn(['drop', 'refuse'])
  @Reason('What happens when the audit spool is full: drop entries and count them, or refuse requests')
  AUDIT_SPOOL_FULL: 'drop' | 'refuse' = 'drop';

  @Whole(1, 36_500)
  @Reason('How long request log entries are kept, in days')
  AUDIT_RETENTION_DAYS = 90;

  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
  @Reason('Least severe log line that is written')
  LOG_LEVEL: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info';

  @IsIn(['auto', 'pretty', 'json'])
  @Reason('auto: pretty on a terminal, JSON otherwise')
  LOG_FORMAT: 'auto' | 'pretty' | 'json' = 'auto';

  @IsOptional()
  @Matches(/^[A-Za-z0-9._-]{1,64}$/, {
    message: 'REPLICA_ID takes 1 to 64 letters, digits, dots, dashes and underscores',
  })
  @Reason('Name of this process in the request log. Default: the host name and process id')
  REPLICA_ID?: string;
}
