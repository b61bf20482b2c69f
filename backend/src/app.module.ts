import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AdminModule } from './admin/admin.module.js';
import { AgentsModule } from './agents/agents.module.js';
import { IngestionModule } from './audit/ingestion.module.js';
import { FirstRun } from './boot/first-run.js';
import { ConfigModule } from './config/config.module.js';
import type { Config, Role } from './config/config.js';
import { CryptoModule } from './crypto/crypto.module.js';
import type { KeyRing } from './crypto/key-ring.js';
import { GatewayModule } from './gateway/gateway.module.js';
import type { Logger } from './logging/logger.js';
import { LoggingModule } from './logging/logging.module.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { ProjectsModule } from './projects/projects.module.js';
import { QueueModule } from './queue/queue.module.js';

const OF_ROLE: Readonly<Record<Role, Type>> = { gateway: GatewayModule, admin: AdminModule, worker: IngestionModule };

/** What the boot has made before Nest composes the rest. */
export interface Foundation {
  readonly config: Config;
  readonly keyRing: KeyRing;
  readonly logger: Logger;
}

@Module({ imports: [ProjectsModule, AgentsModule], providers: [FirstRun] })
export class AppModule {
  /** The modules of the roles that this process has, on one foundation. */
  static for({ config, keyRing, logger }: Foundation): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.of(config),
        LoggingModule.of(logger),
        CryptoModule.of(keyRing),
        PersistenceModule.of(config.database.url),
        QueueModule.of(config.database.url),
        ...[...config.roles].map((role) => OF_ROLE[role]),
      ],
    };
  }
}
