import type { ContainerConfigView } from '../../../libs/contracts/container-config.js';
import { atAddress } from './gateway-address.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** PEM files on this machine that make clients trust the gateway's certificates. */
export interface TrustPaths {
  /** For variables whose file comes on top of a client's own roots. */
  readonly adding: string;
  /** For variables whose file replaces them: system roots and the gateway's. */
  readonly replacing: string;
}

export interface RunEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Names that `run` gives a value, sorted. */
  readonly given: readonly string[];
  /** Inherited names that would lead past the gateway or that the agent must not have, sorted. */
  readonly removed: readonly string[];
  /** Names of real credentials that stay, because no secret stands in for them. */
  readonly exposed: readonly string[];
}

/** Files named by these come on top of the client's own roots (Node.js, Deno); those of all others replace them. */
const ADDING = new Set(['NODE_EXTRA_CA_CERTS', 'DENO_CERT']);

/** Clients that read a variable of their own before, or instead of, those of the container config. */
const FURTHER_TRUST = ['PIP_CERT', 'AWS_CA_BUNDLE', 'CARGO_HTTP_CAINFO', 'DENO_CERT'];

/** The same for clients that few have: only where the shell sets it, and so would lead them to other roots. */
const RARE_TRUST = [
  'NIX_SSL_CERT_FILE',
  'HTTPLIB2_CA_CERTS',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
];

/**
 * Another proxy, an exception from the proxy, or a tool's own spelling of either (`npm_config_https_proxy`,
 * `YARN_HTTP_PROXY`, `CARGO_HTTP_PROXY`, `GLOBAL_AGENT_NO_PROXY`, `no_grpc_proxy`).
 */
const PROXY_NAME =
  /^(.+_)?(https?|all|no|ftp|wss?|socks|rsync|grpc|no_grpc)_proxy$|^npm_config_(no)?proxy$|^pip_proxy$/i;

/** Switches that turn certificate checks off, and roots that would replace the gateway's. */
const TLS_NAME =
  /^(NODE_TLS_REJECT_UNAUTHORIZED|GIT_SSL_NO_VERIFY|PYTHONHTTPSVERIFY|SSL_CERT_DIR|GIT_SSL_CAPATH|npm_config_(ca|cafile|strict_ssl))$/i;

/** The right to change the policy is not the agent's. */
const CONTROL_NAMES = new Set(['ONECLI_API_KEY']);

/** Credentials by provider: where the gateway injects one of them, the others must not compete with it. */
const CREDENTIALS: readonly (readonly string[])[] = [
  ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
  ['OPENAI_API_KEY', 'CODEX_API_KEY'],
];

/**
 * The environment in which a command's traffic goes through the gateway.
 * @param gateway `host:port` of the gateway from here
 * @param trust undefined where the machine trusts the gateway already (`--no-ca`)
 */
export function runEnvironment(
  inherited: Variables,
  config: Pick<ContainerConfigView, 'env' | 'caCertificateContainerPath'>,
  gateway: string,
  trust: TrustPaths | undefined,
): RunEnvironment {
  const given = givenVariables(inherited, config, gateway, trust);
  const replaced = CREDENTIALS.filter((names) => names.some((name) => name in given)).flat();
  const isRemoved = (name: string): boolean =>
    PROXY_NAME.test(name) ||
    CONTROL_NAMES.has(name) ||
    replaced.includes(name) ||
    (trust !== undefined && TLS_NAME.test(name));
  const variables: Record<string, string> = {};
  const removed: string[] = [];
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined || name in given) continue;
    if (isRemoved(name)) removed.push(name);
    else variables[name] = value;
  }
  const isExposed = (name: string): boolean => !['', 'placeholder'].includes(variables[name] ?? '');
  return {
    variables: { ...variables, ...given },
    given: Object.keys(given).sort(),
    removed: removed.sort(),
    exposed: CREDENTIALS.flat().filter(isExposed),
  };
}

function givenVariables(
  inherited: Variables,
  config: Pick<ContainerConfigView, 'env' | 'caCertificateContainerPath'>,
  gateway: string,
  trust: TrustPaths | undefined,
): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.env)) {
    if (value === config.caCertificateContainerPath) {
      if (trust !== undefined) given[name] = trustPath(name, trust);
    } else given[name] = /^https?_proxy$/i.test(name) ? atAddress(value, gateway) : value;
  }
  if (trust === undefined) return given;
  const further = [...FURTHER_TRUST, ...RARE_TRUST.filter((name) => inherited[name] !== undefined)];
  for (const name of further) given[name] = trustPath(name, trust);
  return given;
}

function trustPath(name: string, trust: TrustPaths): string {
  return ADDING.has(name) ? trust.adding : trust.replacing;
}

/** The access token of a proxy address, in the spelling in which it stands there. */
export function tokenIn(proxyUrl: string): string {
  return new URL(proxyUrl).password;
}

/** A value fit to be shown: the token gives way to dots. */
export function masked(value: string, token: string): string {
  return token === '' ? value : value.replaceAll(token, `${token.startsWith('aoc_') ? 'aoc_' : ''}••••••••`);
}
