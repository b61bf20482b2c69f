import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AuditEventModule } from '../audit/audit-event.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { SecretVault } from './secret-vault.js';
import { Secret } from './secret.entity.js';
import { SecretsReader } from './secrets.reader.js';
import { SecretsService } from './secrets.service.js';

@Module({
  imports: [MikroOrmModule.forFeature([Secret]), AuditEventModule, AuditModule],
  providers: [SecretsService, SecretsReader, SecretVault],
  exports: [SecretsService, SecretsReader, SecretVault],
})
export class SecretsModule {}
