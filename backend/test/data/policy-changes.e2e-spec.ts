import { EntityManager } from '@mikro-orm/postgresql';
import { AuditedChanges } from '../../src/audit/audited-changes.js';
import { PolicyChanges } from '../../src/policy-changes/policy-changes.js';
import type { PolicyChange } from '../../src/policy-changes/policy-change.js';
import { ProjectsReader } from '../../src/projects/projects.reader.js';
import { RulesService } from '../../src/rules/rules.service.js';
import { openDataLayer, someone, type DataLayer } from './data-layer.js';

describe('policy changes', () => {
  let data: DataLayer;
  let changes: PolicyChanges;
  let heard: PolicyChange[];
  let unsubscribe: () => void;
  beforeEach(async () => {
    data = await openDataLayer();
    changes = data.get(PolicyChanges);
    heard = [];
    unsubscribe = changes.subscribe((change) => void heard.push(change));
    await changes.listening();
  });
  afterEach(async () => {
    unsubscribe();
    await data.close();
  });

  const aRule = () =>
    data.get(RulesService).create(someone, data.projectId, { name: 'X', hostPattern: '*', action: 'block' });
  const revision = () => data.get(ProjectsReader).revision(data.projectId);
  const until = async (condition: () => boolean, milliseconds = 5000) => {
    for (const end = Date.now() + milliseconds; !condition() && Date.now() < end;)
      await new Promise((r) => setTimeout(r, 5));
    expect(condition()).toBe(true);
  };

  it('reach a subscriber with the revision that the database has, well within 100 ms', async () => {
    await aRule();
    const started = performance.now();
    await until(() => heard.length > 0);
    expect(performance.now() - started).toBeLessThan(100);
    expect(heard).toEqual([{ projectId: data.projectId, revision: await revision() }]);
    expect(await data.get(ProjectsReader).revisions()).toEqual(new Map([[data.projectId, heard[0]?.revision]]));
  });

  it('are not announced by a change that did not happen', async () => {
    const before = await revision();
    const failing = data.get(AuditedChanges).run(someone, data.projectId, async (em) => {
      await changes.announce(em, data.projectId);
      throw new Error('after the announcement');
    });
    await expect(failing).rejects.toThrow('after the announcement');
    await aRule();
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ projectId: data.projectId, revision: (before ?? 0) + 1 }]);
  });

  it('can not be announced outside the transaction that makes them', async () => {
    const em = data.get(EntityManager).fork();
    await expect(changes.announce(em, data.projectId)).rejects.toThrow('inside the transaction');
  });

  it('are counted one by one when many come at once', async () => {
    const before = (await revision()) ?? 0;
    await Promise.all(Array.from({ length: 12 }, aRule));
    await until(() => heard.length === 12);
    expect(heard.map((change) => change.revision)).toEqual(
      Array.from({ length: 12 }, (_, index) => before + 1 + index),
    );
  });

  it('arrive again after the connection broke', async () => {
    const killed = await data.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'",
    );
    expect(killed).toHaveLength(1);
    await until(() => heard.length === 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await changes.listening();
    await aRule();
    await until(() => heard.length === 1);
  });

  it('reach other subscribers although one fails or left, and nobody believes a foreign payload', async () => {
    const others: PolicyChange[] = [];
    changes.subscribe(() => {
      throw new Error('subscriber');
    });
    changes.subscribe((change) => void others.push(change));
    unsubscribe();
    await data.sql("select pg_notify('policy_changed', 'drop everything')");
    await aRule();
    await until(() => others.length === 1);
    expect(heard).toEqual([]);
  });
});
