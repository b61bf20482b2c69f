import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { AgentWithTokenView } from '../libs/contracts/agents.js';
import type { PolicyStatusView } from '../libs/contracts/policy.js';
import { freePort, start, stop, until } from './running.js';
import type { Target } from './target.js';

const START_TIMEOUT_MS = 120_000;

export interface GatewayOptions {
  readonly name: string;
  /** `dist/backend/src/main.js` of the commit to measure. */
  readonly main: string;
  readonly directory: string;
  /** The root that the upstream's certificate is signed by. */
  readonly upstreamRoot: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Further options of Node. */
  readonly nodeOptions?: readonly string[];
}

/** The gateway as `npm start` runs it: own process, embedded PostgreSQL, audit on, log to a file. */
export class Gateway implements Target {
  readonly name: string;
  readonly caFile: string;
  #child: ChildProcess | undefined;
  #ports = { gateway: 0, admin: 0 };
  #token: string | undefined;

  constructor(private readonly options: GatewayOptions) {
    this.name = options.name;
    this.caFile = join(options.directory, 'gateway-root.pem');
    mkdirSync(options.directory, { recursive: true });
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    return pid;
  }

  get port(): number {
    return this.#ports.gateway;
  }

  get token(): string | undefined {
    return this.#token;
  }

  get dataDir(): string {
    return join(this.options.directory, 'data');
  }

  /** Starts it and waits until both ports answer; resolves with how long that took, in milliseconds. */
  async start(): Promise<number> {
    this.#ports = { gateway: await freePort(), admin: await freePort() };
    const begun = performance.now();
    this.#spawn();
    await until(`${this.name} is ready`, () => this.#isReady(), START_TIMEOUT_MS, 5);
    return performance.now() - begun;
  }

  /** An agent to send requests as, and its root to trust. Only after the start. */
  async prepare(): Promise<void> {
    const agent = await this.call<AgentWithTokenView>('POST', '/v1/agents', { name: 'Bench', identifier: 'bench' });
    this.#token = agent.accessToken;
    writeFileSync(this.caFile, await this.call<string>('GET', '/v1/gateway/ca'));
  }

  async stop(): Promise<void> {
    if (this.#child !== undefined) await stop(this.#child);
  }

  /** One call of the control plane. Throws an Error with the answer unless it succeeded. */
  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#ports.admin}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (
      response.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) : text
    ) as T;
  }

  /** Waits until requests are decided by everything that was changed so far. */
  async served(): Promise<void> {
    await until(`${this.name} serves its policy`, async () => {
      const { revision, replicas } = await this.call<PolicyStatusView>('GET', '/v1/policy/status');
      return replicas.length > 0 && replicas.every((replica) => replica.revision >= revision) ? true : undefined;
    });
  }

  /** A connection to its database, for what is too much to be made by calls. */
  async withDatabase<T>(work: (database: Client) => Promise<T>): Promise<T> {
    const password = readFileSync(join(this.dataDir, 'postgres.password'), 'utf8').trim();
    // Its fourth line is the port (PostgreSQL's documentation, "Server Files").
    const port = Number(readFileSync(join(this.dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]);
    const database = new Client({ host: '127.0.0.1', port, user: 'onecli', password, database: 'onecli' });
    await database.connect();
    try {
      return await work(database);
    } finally {
      await database.end();
    }
  }

  get #logFile(): string {
    return join(this.options.directory, 'gateway.log');
  }

  #spawn(): void {
    const log = openSync(this.#logFile, 'w');
    const { nodeOptions = [], main, variables = {}, upstreamRoot, directory } = this.options;
    this.#child = start(process.execPath, ['--enable-source-maps', ...nodeOptions, main], {
      cwd: directory,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        ADMIN_PORT: String(this.#ports.admin),
        GATEWAY_PORT: String(this.#ports.gateway),
        GATEWAY_HOST: '127.0.0.1',
        ONECLI_DATA_DIR: this.dataDir,
        LOG_FORMAT: 'json',
        GATEWAY_ALLOW_PRIVATE: 'localhost',
        GATEWAY_EXTRA_CA_CERTS: upstreamRoot,
        ...variables,
      },
    });
    closeSync(log);
  }

  async #isReady(): Promise<true | undefined> {
    if (this.#child?.exitCode !== null) throw new Error(`${this.name} ended:\n${readFileSync(this.#logFile, 'utf8')}`);
    const urls = Object.values(this.#ports).map((port) => `http://127.0.0.1:${port}/readyz`);
    const answers = await Promise.all(urls.map((url) => fetch(url).catch(() => undefined)));
    return answers.every((answer) => answer?.ok === true) ? true : undefined;
  }
}
