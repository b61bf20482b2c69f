import 'reflect-metadata';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Environment } from './environment.js';

export type Role = 'gateway' | 'admin' | 'worker';

/** Injection token of the process's {@link Config}. */
export const CONFIG = Symbol('CONFIG');

/** The environment, validated, with defaults, in frozen groups. Times are milliseconds, sizes bytes. */
export type Config = ReturnType<typeof toConfig>;

/** What is wrong with the environment: one sentence per variable. Shown at boot, then the process ends. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Reads and validates the environment. Throws {@link ConfigError}. An empty variable counts as absent. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.keys(variables).filter((name) => variables[name] !== undefined && variables[name] !== '');
  const environment = plainToInstance(Environment, Object.fromEntries(known.map((name) => [name, variables[name]])));
  const problems = validateSync(environment, { stopAtFirstError: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}).map((message) =>
      message.startsWith(error.property) ? message : `${error.property}: ${message}`,
    ),
  );
  const config = problems.length > 0 ? undefined : toConfig(environment);
  if (config !== undefined) problems.push(...contradictions(config));
  if (config === undefined || problems.length > 0) throw new ConfigError(problems);
  return config;
}

function toConfig(env: Environment) {
  const publicAdminUrl = new URL(env.ADMIN_PUBLIC_URL ?? `http://localhost:${env.ADMIN_PORT}`);
  return Object.freeze({
    roles: new Set(env.ROLES.split(',')) as ReadonlySet<string> as ReadonlySet<Role>,
    replica:
      env.REPLICA_ID ??
      `${hostname()
        .slice(0, 40)
        .replaceAll(/[^A-Za-z0-9._-]/g, '-')}-${process.pid}`,
    dataDir: resolve(env.ONECLI_DATA_DIR ?? '.onecli'),
    encryptionKey: env.SECRET_ENCRYPTION_KEY,
    /** Empty: the embedded server, whose address the boot fills in by {@link withDatabaseUrl}. */
    database: Object.freeze({ url: env.DATABASE_URL ?? '' }),
    admin: Object.freeze({
      host: env.ADMIN_HOST,
      port: env.ADMIN_PORT,
      publicUrl: publicAdminUrl.origin,
      allowUnauthenticated: env.ADMIN_ALLOW_UNAUTHENTICATED === '1',
      allowedHosts: Object.freeze([
        'localhost',
        '127.0.0.1',
        '[::1]',
        'host.docker.internal',
        publicAdminUrl.hostname,
        ...list(env.ADMIN_ALLOWED_HOSTS),
      ]),
    }),
    gateway: Object.freeze({
      host: env.GATEWAY_HOST,
      port: env.GATEWAY_PORT,
      /** As given; without it the container config uses host.docker.internal and the listening port. */
      publicHost: env.GATEWAY_PUBLIC_HOST,
      extraCaCertsFile: env.GATEWAY_EXTRA_CA_CERTS,
      allowPrivate: Object.freeze(list(env.GATEWAY_ALLOW_PRIVATE)),
      /** As given; what cannot be read is said when the gateway is put together. */
      trustedProxies: Object.freeze(list(env.GATEWAY_TRUSTED_PROXIES)),
      snapshotMaxAge: env.GATEWAY_SNAPSHOT_MAX_AGE,
      shutdownTimeout: env.GATEWAY_SHUTDOWN_TIMEOUT,
      maxHeaderBytes: env.GATEWAY_MAX_HEADER_BYTES,
      maxHeaderFields: env.GATEWAY_MAX_HEADER_FIELDS,
      maxTargetBytes: env.GATEWAY_MAX_TARGET_BYTES,
      headerTimeout: env.GATEWAY_HEADER_TIMEOUT,
      tlsTimeout: env.GATEWAY_TLS_TIMEOUT,
      idleTimeout: env.GATEWAY_IDLE_TIMEOUT,
      connectTimeout: env.GATEWAY_CONNECT_TIMEOUT,
      responseTimeout: env.GATEWAY_RESPONSE_TIMEOUT,
      bodyTimeout: env.GATEWAY_BODY_TIMEOUT,
      maxExchangesPerAgent: env.GATEWAY_MAX_EXCHANGES_PER_AGENT,
      maxTunnelsPerAgent: env.GATEWAY_MAX_TUNNELS_PER_AGENT,
      maxUnauthenticated: env.GATEWAY_MAX_UNAUTHENTICATED,
      leafCacheSize: env.GATEWAY_LEAF_CACHE_SIZE,
      authFailuresPerMinute: env.GATEWAY_AUTH_FAILURES_PER_MINUTE,
    }),
    audit: Object.freeze({
      spoolMaxBytes: env.AUDIT_SPOOL_MAX_MIB * 1024 * 1024,
      spoolFull: env.AUDIT_SPOOL_FULL,
      retentionDays: env.AUDIT_RETENTION_DAYS,
    }),
    log: Object.freeze({ level: env.LOG_LEVEL, format: env.LOG_FORMAT }),
  });
}

/** The same configuration with the address of the server that the boot started. */
export function withDatabaseUrl(config: Config, url: string): Config {
  return Object.freeze({ ...config, database: Object.freeze({ url }) });
}

/** Settings that are each valid and make no sense, or no safe sense, together. */
function contradictions(config: Config): string[] {
  const problems: string[] = [];
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(config.admin.host);
  if (config.roles.has('admin') && !loopback && !config.admin.allowUnauthenticated) {
    problems.push(
      `ADMIN_HOST=${config.admin.host} would let anyone who reaches this machine manage it without signing in; ` +
        'use 127.0.0.1, or set ADMIN_ALLOW_UNAUTHENTICATED=1 when something in front of it authenticates',
    );
  }
  if (config.admin.port !== 0 && config.admin.port === config.gateway.port) {
    problems.push(`ADMIN_PORT and GATEWAY_PORT are both ${config.admin.port}; give them different ports`);
  }
  return problems;
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
