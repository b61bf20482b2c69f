import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule } from './config/config.module.js';
import type { Config } from './config/config.js';
import { CryptoModule } from './crypto/crypto.module.js';
import type { KeyRing } from './crypto/key-ring.js';
import type { Logger } from './logging/logger.js';
import { LoggingModule } from './logging/logging.module.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { QueueModule } from './queue/queue.module.js';

/** What the boot has made before Nest composes the rest. */
export interface Foundation {
  readonly config: Config;
  readonly keyRing: KeyRing;
  readonly logger: Logger;
}

@Module({})
export class AppModule {
  /** The modules of the roles that this process has. */
  static for({ config, keyRing, logger }: Foundation): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.of(config),
        LoggingModule.of(logger),
        CryptoModule.of(keyRing),
        PersistenceModule.of(config.database.url),
        QueueModule.of(config.database.url),
      ],
    };
  }
}
