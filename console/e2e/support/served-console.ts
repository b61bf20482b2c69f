import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startControlPlane, type ControlPlane } from '../../../backend/test/support/control-plane.js';
import { anEntry, storeEntries } from '../../../backend/test/support/request-log-rows.js';
import { restClient, type Call } from '../../../backend/test/support/rest-client.js';
import type { AgentView } from '../../../libs/contracts/agents.js';
import type { SystemView } from '../../../libs/contracts/system.js';
import { launchBrowser } from './browser.js';

const BUILT = join(import.meta.dirname, '../../../dist/console');

type Entry = ReturnType<typeof anEntry>;

/** The built console over a real control plane with a database of its own, and a browser to look at it. */
export class ServedConsole {
  private constructor(
    readonly plane: ControlPlane,
    readonly browser: Browser,
    readonly call: Call,
    private readonly projectId: string,
    readonly agent: AgentView,
  ) {}

  static async start(): Promise<ServedConsole> {
    if (!existsSync(join(BUILT, 'index.html'))) throw new Error('The console is not built: npm run build.');
    const plane = await startControlPlane({ consoleDirectory: BUILT });
    const browser = await launchBrowser().catch(async (error: unknown) => {
      await plane.close();
      throw error;
    });
    const call = restClient(plane.url);
    const { projectId } = (await call('GET', '/v1/system')).body as SystemView;
    const agent = (await call('GET', '/v1/agents/default')).body as AgentView;
    return new ServedConsole(plane, browser, call, projectId, agent);
  }

  /** Stores requests of the default agent as the ingestion does, so that live streams hear of them. */
  async record(...entries: readonly Partial<Entry>[]): Promise<readonly Entry[]> {
    const { projectId, agent } = this;
    const whole = entries.map((entry) => anEntry({ projectId, agentId: agent.id, agentName: agent.name, ...entry }));
    await storeEntries(this.plane.databaseUrl, whole);
    return whole;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.plane.close();
  }
}
