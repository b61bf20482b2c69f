import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config, readConfig, withDatabaseUrl } from '../config/config.js';
import { openKeyRing } from '../crypto/key-file.js';
import type { KeyRing } from '../crypto/key-ring.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { startEmbeddedPostgres } from '../persistence/embedded-postgres.js';
import { checkKeys } from '../persistence/key-check.js';
import { migrate } from '../persistence/migrate.js';
import { type Addresses, banner } from './banner.js';
import { openDataDirectory } from './data-directory.js';
import { configure, listen } from './listen.js';
import { NestLog } from './nest-log.js';
import { UndoStack } from './undo-stack.js';

/** After a fault the flush must not wait for what may never come. */
const FAULT_STOP_TIMEOUT_MS = 10_000;

/** One run of the server: started in order, stopped in the reverse of it, whichever step it had reached. */
export class Program {
  readonly #undo = new UndoStack();
  #logger: Logger | undefined;
  #starting: Promise<void> = Promise.resolve();

  constructor(
    private readonly variables: Readonly<Record<string, string | undefined>>,
    private readonly isTerminal: boolean,
  ) {}

  /** Rejects with an Error whose message is a sentence for the person at the terminal. */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  /** Stops what was started; waits for a start that is still going on. */
  async stop(): Promise<void> {
    await this.#starting.catch(() => undefined);
    await this.#undo.unwind((error) => this.#logger?.error({ err: error }, 'stopping was not clean'));
  }

  /** Logs the fault and stops what can be stopped in ten seconds. */
  async fail(fault: unknown): Promise<void> {
    this.#logger?.fatal({ err: fault }, 'unexpected fault; the process ends');
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, FAULT_STOP_TIMEOUT_MS));
    await Promise.race([this.stop(), timeout]);
  }

  async #start(): Promise<void> {
    const config = readConfig(this.variables);
    const logger = createLogger(config.log, config.replica, this.isTerminal);
    this.#logger = logger;
    await openDataDirectory(config.dataDir);
    const keyRing = await openKeyRing(config.dataDir, config.encryptionKey);
    const withDatabase = await this.#openDatabase(config, keyRing, logger);
    const addresses = await this.#serve(withDatabase, keyRing, logger);
    if (config.log.format === 'json') logger.info({ ...addresses, dataDir: config.dataDir }, 'ready');
    else process.stdout.write(banner(config, addresses));
  }

  async #openDatabase(config: Config, keyRing: KeyRing, logger: Logger): Promise<Config> {
    const url = config.database.url === '' ? await this.#startEmbedded(config, logger) : config.database.url;
    await migrate(url);
    const problem = await checkKeys(url, keyRing);
    if (problem !== undefined) throw new Error(problem);
    return withDatabaseUrl(config, url);
  }

  async #startEmbedded(config: Config, logger: Logger): Promise<string> {
    const postgres = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      log: {
        debug: (message) => logger.debug(message),
        info: (message) => logger.info(message),
        warn: (message) => logger.warn(message),
      },
      onLost: (error) => void this.fail(error).finally(() => process.exit(1)),
    });
    this.#undo.push(() => postgres.stop());
    return postgres.url;
  }

  async #serve(config: Config, keyRing: KeyRing, logger: Logger): Promise<Addresses> {
    const app = await NestFactory.create<NestExpressApplication>(AppModule.for({ config, keyRing, logger }), {
      logger: new NestLog(logger),
      abortOnError: false,
      bodyParser: false,
      forceCloseConnections: true,
    });
    this.#undo.push(() => app.close());
    configure(app, config);
    return listen(app, config);
  }
}
