import { Module, type DynamicModule } from '@nestjs/common';
import { KeyRing } from './key-ring.js';

/** Makes the process's {@link KeyRing} injectable everywhere. */
@Module({})
export class CryptoModule {
  static of(keyRing: KeyRing): DynamicModule {
    return {
      module: CryptoModule,
      global: true,
      providers: [{ provide: KeyRing, useValue: keyRing }],
      exports: [KeyRing],
    };
  }
}
