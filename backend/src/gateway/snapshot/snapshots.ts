import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AgentsReader } from '../../agents/agents.reader.js';
import { CONFIG, type Config } from '../../config/config.js';
import { LOGGER, type Logger } from '../../logging/logger.js';
import { PolicyChanges } from '../../policy-changes/policy-changes.js';
import { compileSnapshotInSlices, UnreadablePolicy } from '../../policy/compile-snapshot.js';
import type { PolicySnapshot } from '../../policy/compiled-policy.js';
import { ServedRevisions } from '../../policy/served-revisions.js';
import { SnapshotLoader } from '../../policy/snapshot-loader.js';
import type { PolicyRecords } from '../../policy/snapshot.js';
import { ProjectsReader } from '../../projects/projects.reader.js';
import { Refusal } from '../refusal.js';
import { AccessTokens } from './access-tokens.js';

/** A lost change message costs this much at most. */
const LONGEST_POLL_MS = 2000;

/**
 * The policy that requests are decided from. Everything is read off the request path: at the start, when a policy change is
 * announced, and by polling the projects' revisions. A project's snapshot and its access tokens are swapped together.
 */
@Injectable()
export class Snapshots implements OnApplicationShutdown {
  readonly tokens = new AccessTokens();
  readonly #current = new Map<string, PolicySnapshot>();
  readonly #loading = new Map<string, Promise<void>>();
  /** Projects whose change was announced while they were being loaded: the load may have read what was before. */
  readonly #stale = new Set<string>();
  readonly #tokenListeners = new Set<(projectId: string) => void>();
  /** When a project's policy was last known to be the current one; of none of them it is known longer than of the database. */
  readonly #confirmed = new Map<string, number>();
  #reachedAt = -Infinity;
  #comparing = false;
  #poll: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(
    private readonly changes: PolicyChanges,
    private readonly loader: SnapshotLoader,
    private readonly agents: AgentsReader,
    private readonly projects: ProjectsReader,
    private readonly served: ServedRevisions,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Loads every project. Rejects when the database cannot be read: a gateway without policy does not start. */
  async start(): Promise<void> {
    this.#unsubscribe = this.changes.subscribe(({ projectId }) => void this.#refresh(projectId));
    const revisions = await this.projects.revisions();
    for (const projectId of revisions.keys()) await this.#load(projectId);
    this.#reachedAt = performance.now();
    // A short maximal age is confirmed more often than once in it, or a healthy gateway would refuse between two polls.
    const every = Math.min(LONGEST_POLL_MS, this.config.gateway.snapshotMaxAge / 3);
    this.#poll = setInterval(() => void this.#compareRevisions(), every).unref();
  }

  /** Whether requests can be decided. */
  get ready(): boolean {
    return this.#isFresh(this.#reachedAt);
  }

  /** The project's policy. Throws the refusal when there is none, or when it may be too old: failing is closed. */
  current(projectId: string): PolicySnapshot {
    const snapshot = this.#current.get(projectId);
    if (snapshot === undefined || !this.#isFresh(this.#confirmed.get(projectId))) {
      throw new Refusal(
        'policy_unavailable',
        'The gateway cannot read its policy at the moment; try again shortly.',
        {},
        5,
      );
    }
    return snapshot;
  }

  /** Called after a project's access tokens were replaced. */
  onTokens(listener: (projectId: string) => void): void {
    this.#tokenListeners.add(listener);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#poll);
    this.#unsubscribe?.();
  }

  #isFresh(confirmedAt = -Infinity): boolean {
    return performance.now() - confirmedAt <= this.config.gateway.snapshotMaxAge;
  }

  async #refresh(projectId: string): Promise<void> {
    try {
      await this.#load(projectId);
    } catch (error) {
      this.log.warn({ err: error, projectId }, 'a policy change could not be read; trying again');
    }
  }

  /** Single-flight per project: whoever comes during a load waits for a load that began after they came. */
  #load(projectId: string): Promise<void> {
    const running = this.#loading.get(projectId);
    if (running !== undefined) {
      this.#stale.add(projectId);
      return running;
    }
    const load = this.#loadUntilCurrent(projectId).finally(() => this.#loading.delete(projectId));
    this.#loading.set(projectId, load);
    return load;
  }

  async #loadUntilCurrent(projectId: string): Promise<void> {
    do {
      this.#stale.delete(projectId);
      const asked = performance.now();
      const [records, tokens] = await Promise.all([this.loader.load(projectId), this.agents.accessTokensOf(projectId)]);
      // At once, because a revoked token must not live on while a large policy is compiled.
      this.tokens.replace(projectId, records === undefined ? [] : tokens);
      for (const listener of this.#tokenListeners) listener(projectId);
      const snapshot = records === undefined ? undefined : await this.#compile(records);
      this.#confirmed.set(projectId, asked);
      if (snapshot === undefined) this.#current.delete(projectId);
      else {
        this.#current.set(projectId, snapshot);
        this.served.report(projectId, snapshot.revision);
      }
    } while (this.#stale.has(projectId));
  }

  /** Undefined when the policy cannot be read: then the project is refused everything, and only this project. */
  async #compile(records: PolicyRecords): Promise<PolicySnapshot | undefined> {
    try {
      const snapshot = await compileSnapshotInSlices(records, nextTurn);
      for (const fault of snapshot.faults) this.log.warn({ projectId: records.projectId }, fault);
      return snapshot;
    } catch (error) {
      if (!(error instanceof UnreadablePolicy)) throw error;
      this.log.error(
        { projectId: records.projectId },
        `${error.message} The project's requests are refused until it is mended.`,
      );
      return undefined;
    }
  }

  /** Confirms what is current and loads what is not. A project that cannot be loaded grows old by itself. */
  async #compareRevisions(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    try {
      const asked = performance.now();
      const revisions = await this.projects.revisions();
      this.#reachedAt = asked;
      for (const projectId of new Set([...this.#current.keys(), ...revisions.keys()])) {
        const isCurrent = this.#current.get(projectId)?.revision === revisions.get(projectId);
        if (isCurrent) this.#confirmed.set(projectId, asked);
        else await this.#refresh(projectId);
      }
    } catch (error) {
      this.log.warn({ err: error }, 'policy revisions could not be read; serving the last policy');
    } finally {
      this.#comparing = false;
    }
  }
}
