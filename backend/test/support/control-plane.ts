import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { Module, type DynamicModule, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AdminModule } from '../../src/admin/admin.module.js';
import { configureAdmin } from '../../src/admin/configure-admin.js';
import { AgentsService } from '../../src/agents/agents.service.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { readConfig, withDatabaseUrl } from '../../src/config/config.js';
import { CryptoModule } from '../../src/crypto/crypto.module.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { createLogger } from '../../src/logging/logger.js';
import { LoggingModule } from '../../src/logging/logging.module.js';
import { PersistenceModule } from '../../src/persistence/persistence.module.js';
import { ProjectsService } from '../../src/projects/projects.service.js';
import { QueueModule } from '../../src/queue/queue.module.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** A boot takes a second on a quiet machine and many on a busy one. */
jest.setTimeout(60_000);

/** As the program creates its application. */
const HOW_TO_CREATE = { bodyParser: false, abortOnError: false, forceCloseConnections: true } as const;

export interface ControlPlaneOptions {
  /** Environment variables beside those that the test needs itself. */
  readonly variables?: Readonly<Record<string, string>>;
  /** A directory to serve as the built console. */
  readonly consoleDirectory?: string;
  /** Controllers to serve beside the control plane's own. */
  readonly controllers?: readonly Type[];
}

/** A running control plane on a database of its own. */
export interface ControlPlane {
  /** Origin, as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly databaseUrl: string;
  /** Everything that was logged so far, as text. */
  logged(): string;
  close(): Promise<void>;
}

/** Boots the control plane alone, on a free port, with the default project and the default agent. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const database = await createTestDatabase();
  const config = withDatabaseUrl(
    readConfig({ ADMIN_PORT: '0', LOG_LEVEL: 'silent', LOG_FORMAT: 'json', ...options.variables }),
    database.url,
  );
  const log = new RememberedLog();
  const root = {
    module: ControlPlaneModule,
    imports: [
      ConfigModule.of(config),
      LoggingModule.of(createLogger(config.log, config.replica, false)),
      CryptoModule.of(KeyRing.parse(randomBytes(32).toString('base64'))),
      PersistenceModule.of(config.database.url),
      QueueModule.of(config.database.url),
      AdminModule,
    ],
    controllers: [...(options.controllers ?? [])],
  } satisfies DynamicModule;
  let app: NestExpressApplication | undefined;
  try {
    app = await NestFactory.create<NestExpressApplication>(root, { ...HOW_TO_CREATE, logger: log });
    configureAdmin(app, config, options.consoleDirectory);
    await app.init();
    await app.get(ProjectsService, { strict: false }).ensureDefaults();
    await app.get(AgentsService, { strict: false }).ensureDefaults();
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app?.close();
    await database.drop();
    throw error;
  }
  return running(app, database, log);
}

function running(app: NestExpressApplication, database: TestDatabase, log: RememberedLog): ControlPlane {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    app,
    databaseUrl: database.url,
    logged: () => log.text(),
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}

@Module({})
class ControlPlaneModule {}

/** Nest's logger, remembered: what was logged is a sink that secrets must not reach. */
class RememberedLog implements LoggerService {
  readonly #lines: string[] = [];

  text(): string {
    return this.#lines.join('\n');
  }

  readonly log = (...parts: unknown[]): void => this.#remember(parts);
  readonly error = this.log;
  readonly warn = this.log;
  readonly debug = this.log;
  readonly verbose = this.log;
  readonly fatal = this.log;

  #remember(parts: readonly unknown[]): void {
    this.#lines.push(
      parts.map((part) => (part instanceof Error ? String(part.stack) : JSON.stringify(part))).join(' '),
    );
  }
}
