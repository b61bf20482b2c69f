import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';

/** The policy revision of a project that a replica decides by. */
export interface ServedRevision {
  readonly replica: string;
  readonly revision: number;
  /** ISO 8601: when the replica began to serve it. */
  readonly seenAt: string;
}

/**
 * What this process's gateway serves: written when a snapshot is swapped in, read by the control plane, so that a script
 * can wait until its change is in force.
 */
@Injectable()
export class ServedRevisions {
  readonly #byProject = new Map<string, ServedRevision>();

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  report(projectId: string, revision: number): void {
    const seenAt = new Date().toISOString();
    this.#byProject.set(projectId, { replica: this.config.replica, revision, seenAt });
  }

  /** Empty while no gateway of this process has served the project. */
  of(projectId: string): readonly ServedRevision[] {
    const served = this.#byProject.get(projectId);
    return served === undefined ? [] : [served];
  }
}
