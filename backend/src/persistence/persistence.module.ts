import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module, type DynamicModule } from '@nestjs/common';
import { ormOptions } from './orm-options.js';

/** Connections of one process. Small, because no request of an agent waits for the database. */
const POOL = { min: 0, max: 10, idleTimeoutMillis: 30_000 };

/** Makes `EntityManager` of '@mikro-orm/postgresql' injectable everywhere; who uses it forks it first. */
@Module({})
export class PersistenceModule {
  static of(databaseUrl: string): DynamicModule {
    const orm = MikroOrmModule.forRoot({
      ...ormOptions(databaseUrl),
      autoLoadEntities: true,
      registerRequestContext: false,
      pool: POOL,
    });
    return { module: PersistenceModule, imports: [orm] };
  }
}
