import { Module } from '@nestjs/common';
import { ServedRevisions } from './served-revisions.js';

/** One registry per process, for the gateway that writes it and the control plane that reads it. */
@Module({ providers: [ServedRevisions], exports: [ServedRevisions] })
export class ServedRevisionsModule {}
