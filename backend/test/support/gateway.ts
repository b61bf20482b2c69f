import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { pino } from 'pino';
import type { CreateRuleBody, RuleView } from '../../../libs/contracts/rules.js';
import type { AgentWithTokenView } from '../../../libs/contracts/agents.js';
import type { CreateSecretBody, SecretView } from '../../../libs/contracts/secrets.js';
import type { RequestLogEntryView } from '../../../libs/contracts/requests.js';
import { AppModule } from '../../src/app.module.js';
import { configureAdmin } from '../../src/admin/configure-admin.js';
import { AgentsService } from '../../src/agents/agents.service.js';
import { RootAuthority } from '../../src/authority/root-authority.js';
import { readConfig, withDatabaseUrl } from '../../src/config/config.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { GatewayServer } from '../../src/gateway/gateway.server.js';
import { ProjectsService } from '../../src/projects/projects.service.js';
import { createTestDatabase } from './database.js';
import { restClient, type Call } from './rest-client.js';
import { upstreamRootPem } from './upstream.js';

/** A whole OneCLI in this process: gateway, control plane and worker over a database of its own. */
export interface TestGateway {
  readonly port: number;
  readonly adminUrl: string;
  readonly adminPort: number;
  readonly databaseUrl: string;
  /** The gateway's own root, as agents trust it. */
  readonly ca: string;
  /** A file with that root, for clients that want a path. */
  readonly caFile: string;
  readonly dataDir: string;
  readonly app: NestExpressApplication;
  readonly agent: { readonly id: string; readonly accessToken: string };
  readonly rest: Call;
  /** `http://x:TOKEN@127.0.0.1:PORT`. */
  proxyUrl(token?: string): string;
  anAgent(overrides?: Record<string, unknown>): Promise<AgentWithTokenView>;
  aRule(rule: CreateRuleBody): Promise<RuleView>;
  aSecret(secret: CreateSecretBody): Promise<SecretView>;
  /** Waits until the gateway decides by everything that was changed so far. */
  served(): Promise<void>;
  /** The request log, newest first, once it holds at least `count` entries that match. */
  requests(count: number, query?: string): Promise<readonly RequestLogEntryView[]>;
  /** Everything that was logged so far, as text. */
  logged(): string;
  close(): Promise<void>;
}

/** Boots it on free ports; upstreams under `localhost` are allowed unless the variables say otherwise. */
export async function startGateway(variables: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'onecli-gateway-'));
  const extraRoots = join(dataDir, 'upstream-root.pem');
  await writeFile(extraRoots, upstreamRootPem);
  const config = withDatabaseUrl(
    readConfig({
      ADMIN_PORT: '0',
      GATEWAY_PORT: '0',
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_ALLOW_PRIVATE: 'localhost,127.0.0.1',
      GATEWAY_EXTRA_CA_CERTS: extraRoots,
      ONECLI_DATA_DIR: dataDir,
      GATEWAY_SHUTDOWN_TIMEOUT: '2000',
      ...variables,
    }),
    database.url,
  );
  const lines: string[] = [];
  const logger = pino(
    { level: variables['LOG_LEVEL'] ?? 'info' },
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  const keyRing = KeyRing.parse(randomBytes(32).toString('base64'));
  const app = await NestFactory.create<NestExpressApplication>(AppModule.for({ config, keyRing, logger }), {
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
    logger: ['error', 'fatal'],
  });
  configureAdmin(app, config);
  await app.get(ProjectsService, { strict: false }).ensureDefaults();
  await app.get(AgentsService, { strict: false }).ensureDefaults();
  await app.listen(0, '127.0.0.1');
  const adminPort = (app.getHttpServer().address() as AddressInfo).port;
  const { port } = app.get(GatewayServer, { strict: false }).address;
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const rest = restClient(adminUrl);
  const project = await app.get(ProjectsService, { strict: false }).default();
  const { agent, accessToken } = await app.get(AgentsService, { strict: false }).accessTokenOf(project.id);
  const ca = app.get(RootAuthority, { strict: false }).publishedPem();
  const caFile = join(dataDir, 'gateway-ca.pem');
  await writeFile(caFile, ca);
  const created = async <T>(path: string, body: object): Promise<T> => {
    const answer = await rest('POST', path, body);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    await served();
    return answer.body as T;
  };
  const served = async (): Promise<void> => {
    for (let i = 0; i < 200; i += 1) {
      const { body } = await rest('GET', '/v1/policy/status');
      const replicas = body.replicas as { revision: number }[];
      if (replicas.length > 0 && replicas.every(({ revision }) => revision >= body.revision)) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error('the gateway does not serve the current policy');
  };
  await served();
  let serial = 0;
  return {
    port,
    adminUrl,
    adminPort,
    databaseUrl: database.url,
    ca,
    caFile,
    dataDir,
    app,
    agent: { id: agent.id, accessToken },
    rest,
    proxyUrl: (token = accessToken) => `http://x:${token}@127.0.0.1:${port}`,
    anAgent: (overrides = {}) => {
      serial += 1;
      return created('/v1/agents', { name: `Agent ${serial}`, identifier: `agent-${serial}`, ...overrides });
    },
    aRule: (rule) => created('/v1/rules', rule),
    aSecret: (secret) => created('/v1/secrets', secret),
    served,
    requests: async (count, query = '') => {
      let items: RequestLogEntryView[] = [];
      for (let i = 0; i < 150; i += 1) {
        const { body } = await rest('GET', `/v1/requests?limit=500${query === '' ? '' : `&${query}`}`);
        items = body.items as RequestLogEntryView[];
        if (items.length >= count) return items;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`only ${items.length} of ${count} entries: ${JSON.stringify(items)}`);
    },
    logged: () => lines.join(''),
    close: async () => {
      await app.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
