import { Module } from '@nestjs/common';
import { PolicyChanges } from './policy-changes.js';

@Module({ providers: [PolicyChanges], exports: [PolicyChanges] })
export class PolicyChangesModule {}
