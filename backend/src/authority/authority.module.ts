import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { StoredRoot } from './authority.entity.js';
import { RootAuthority } from './root-authority.js';

@Module({
  imports: [MikroOrmModule.forFeature([StoredRoot])],
  providers: [RootAuthority],
  exports: [RootAuthority],
})
export class AuthorityModule {}
