import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { CONFIG, type Config } from '../config/config.js';
import { ChangeListener } from './change-listener.js';
import { CHANNEL, writeChange, type PolicyChange } from './policy-change.js';

/**
 * The one bridge between the planes. The control plane announces inside the transaction that changes policy, so that
 * nothing is announced that is not committed and nothing is committed that is not announced. The data plane subscribes,
 * and also polls the revision, because a notification can be lost with its connection.
 */
@Injectable()
export class PolicyChanges implements OnApplicationShutdown {
  readonly #listener: ChangeListener;

  constructor(@Inject(CONFIG) config: Config) {
    this.#listener = new ChangeListener(config.database.url, new Logger(PolicyChanges.name));
  }

  /**
   * Counts the project's policy revision up and notifies every replica when the transaction commits. Throws when there is
   * no transaction. From here to the commit the project's row is locked: changes of one project wait for each other.
   */
  async announce(em: EntityManager, projectId: string): Promise<void> {
    if (!em.isInTransaction()) throw new Error('a policy change is announced inside the transaction that makes it');
    const [row] = await em.execute<{ revision: string }[]>(
      'update project set policy_revision = policy_revision + 1 where id = ? returning policy_revision as revision',
      [projectId],
    );
    if (row === undefined) throw new Error(`there is no project ${projectId} whose policy could change`);
    await em.execute('select pg_notify(?, ?)', [CHANNEL, writeChange({ projectId, revision: Number(row.revision) })]);
  }

  /** Calls the listener for each change of any project until the returned function is called. The first one connects. */
  subscribe(listener: (change: PolicyChange) => void): () => void {
    return this.#listener.subscribe(listener);
  }

  /** Resolves while changes arrive: at once, or when the connection is made. Only with a subscriber. */
  listening(): Promise<void> {
    return this.#listener.listening();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#listener.close();
  }
}
