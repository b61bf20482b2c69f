import { Inject, Injectable } from '@nestjs/common';
import { CA_CONTAINER_PATH, type ContainerConfigView } from '../../../libs/contracts/container-config.js';
import type { AgentView } from '../../../libs/contracts/agents.js';
import { AgentsService } from '../agents/agents.service.js';
import { RootAuthority } from '../authority/root-authority.js';
import { CONFIG, type Config } from '../config/config.js';
import { SnapshotLoader } from '../policy/snapshot-loader.js';
import type { SecretRecord } from '../policy/snapshot.js';
import { gatewayAuthority } from './gateway-address.js';

/** What stands where a client insists on a credential of its own; the gateway puts the real one in its place. */
const PLACEHOLDER = 'placeholder';
/** Each of these tools has its own variable for the roots that it trusts. */
const CA_VARIABLES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'GIT_SSL_CAINFO'];
const DIRECT = 'localhost,127.0.0.1,::1';

/** Writes what a container needs to send an agent's traffic through the gateway. */
@Injectable()
export class ContainerConfigs {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly agents: AgentsService,
    private readonly policy: SnapshotLoader,
    private readonly authority: RootAuthority,
  ) {}

  /** For the agent with that identifier, or the default agent. Throws `AGENT_NOT_FOUND`. Holds the agent's token. */
  async of(projectId: string, identifier: string | undefined): Promise<ContainerConfigView> {
    const { agent, accessToken } = await this.agents.accessTokenOf(projectId, identifier);
    const secrets = await this.#secretsOf(projectId, agent.id);
    const warnings = warningsAbout(agent, secrets);
    return {
      env: { ...this.#proxyVariables(accessToken), ...this.#placeholders(secrets) },
      caCertificate: this.authority.publishedPem(),
      caCertificateContainerPath: CA_CONTAINER_PATH,
      ...(warnings.length > 0 ? { warnings } : {}),
    };
  }

  #proxyVariables(accessToken: string): Record<string, string> {
    const proxy = `http://x:${accessToken}@${gatewayAuthority(this.config)}`;
    return {
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      https_proxy: proxy,
      http_proxy: proxy,
      NO_PROXY: DIRECT,
      no_proxy: DIRECT,
      ...Object.fromEntries(CA_VARIABLES.map((name) => [name, CA_CONTAINER_PATH])),
      // Node's own fetch and http read the proxy variables only with this (Node 24 and later).
      NODE_USE_ENV_PROXY: '1',
      // git must neither ask a person nor try other proxy authentication than the one that works.
      GIT_TERMINAL_PROMPT: '0',
      GIT_HTTP_PROXY_AUTHMETHOD: 'basic',
    };
  }

  async #secretsOf(projectId: string, agentId: string): Promise<SecretRecord[]> {
    const records = await this.policy.load(projectId);
    const agent = records?.agents.find((candidate) => candidate.id === agentId);
    if (records === undefined || agent === undefined) return [];
    return records.secrets.filter((secret) => agent.secretMode === 'all' || agent.secretIds.includes(secret.id));
  }

  #placeholders(secrets: readonly SecretRecord[]): Record<string, string> {
    const newest = (type: SecretRecord['type']): SecretRecord | undefined =>
      secrets.filter((secret) => secret.type === type).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
    const anthropic = newest('anthropic');
    return {
      ...(anthropic === undefined ? {} : { [anthropicVariable(anthropic)]: PLACEHOLDER }),
      ...(newest('openai') === undefined ? {} : { OPENAI_API_KEY: PLACEHOLDER }),
    };
  }
}

/** Claude Code sends a subscription's token and an API key in different fields, so it needs to be told which it has. */
function anthropicVariable(secret: SecretRecord): string {
  return secret.isOauthToken ? 'CLAUDE_CODE_OAUTH_TOKEN' : 'ANTHROPIC_API_KEY';
}

function warningsAbout(agent: AgentView, secrets: readonly SecretRecord[]): string[] {
  const { identifier, expiresAt } = agent;
  return [
    ...(expiresAt !== null && Date.parse(expiresAt) <= Date.now()
      ? [`The agent ${identifier} expired at ${expiresAt}; the gateway refuses its token.`]
      : []),
    ...(secrets.length === 0 ? [`No secret is there for the agent ${identifier} yet, so none will be injected.`] : []),
  ];
}
