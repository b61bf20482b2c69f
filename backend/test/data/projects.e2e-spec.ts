import { ProjectsReader } from '../../src/projects/projects.reader.js';
import { ProjectsService } from '../../src/projects/projects.service.js';
import { openDataLayer, someone, type DataLayer } from './data-layer.js';

describe('projects', () => {
  let data: DataLayer;
  let projects: ProjectsService;
  beforeAll(async () => {
    data = await openDataLayer();
    projects = data.get(ProjectsService);
  });
  afterAll(() => data.close());

  it('begin with one, however often and at once the program starts', async () => {
    await data.sql('truncate project cascade');
    const ids = await Promise.all(Array.from({ length: 5 }, () => projects.ensureDefaults()));
    expect(new Set(ids).size).toBe(1);
    expect(await projects.default()).toEqual({
      id: ids[0],
      name: 'Default',
      defaultPolicy: 'allow',
      createdAt: expect.stringMatching(/Z$/),
      version: '1',
    });
    expect(await data.sql('select kind from audit_event where project_id = $1', [ids[0]])).toEqual([
      { kind: 'project.created' },
    ]);
  });

  it('change their default policy under a version, recorded and announced', async () => {
    const { id } = await projects.default();
    const before = (await data.get(ProjectsReader).revision(id)) ?? 0;
    expect(await projects.setDefaultPolicy(someone, id, 'deny', '1')).toMatchObject({
      defaultPolicy: 'deny',
      version: '2',
    });
    expect((await projects.setDefaultPolicy(someone, id, 'deny')).version).toBe('2');
    await expect(projects.setDefaultPolicy(someone, id, 'allow', '1')).rejects.toMatchObject({ code: 'STALE_VERSION' });
    expect(await data.get(ProjectsReader).revision(id)).toBe(before + 1);
    expect(await data.sql("select before, after from audit_event where kind = 'project.updated'")).toEqual([
      { before: { name: 'Default', defaultPolicy: 'allow' }, after: { name: 'Default', defaultPolicy: 'deny' } },
    ]);
  });

  it('are not found under another id', async () => {
    for (const id of ['x', '019b0000-0000-7000-8000-000000000000']) {
      await expect(projects.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await data.get(ProjectsReader).revision(id)).toBeUndefined();
    }
  });
});
