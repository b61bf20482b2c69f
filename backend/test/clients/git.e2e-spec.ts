import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import { startClientGateway } from './client-gateway.js';
import { ClientHome, itNeeds, missingProgram, runProcess, ways, type Outcome } from './client-process.js';
import { GIT_HOST, startGitUpstream, type GitUpstream } from './git-upstream.js';

jest.setTimeout(120_000);

const REAL = 'ghp_the-real-token-77aa';
/** More than http.postBuffer (1 MiB): git then sends chunks instead of a length, after a probe of its own. */
const LARGE = randomBytes(3 * 1024 * 1024);
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const test = itNeeds('git', missingProgram(['git']));

describe('git over HTTPS', () => {
  let gateway: TestGateway;
  let upstream: GitUpstream;
  let home: ClientHome;
  let repositories: string;

  beforeAll(async () => {
    home = await ClientHome.made();
    repositories = join(home.path, 'repositories');
    await mkdir(repositories);
    gateway = await startClientGateway();
    upstream = await startGitUpstream(repositories, 'x-access-token', REAL);
    await gateway.anAgent({ name: 'Committer', identifier: 'committer' });
    // prettier-ignore
    await gateway.aSecret({ name: 'Repository token', type: 'generic', value: REAL, hostPattern: GIT_HOST,
      injectionConfig: { username: 'x-access-token' } });
    await writeFile(
      join(home.path, '.gitconfig'),
      '[user]\n  name = An Agent\n  email = agent@upstream.test\n[init]\n  defaultBranch = main\n',
    );
  });
  afterAll(async () => {
    await upstream.close();
    await gateway.close();
    await home.remove();
  });

  const git = (cwd: string, ...args: string[]): Promise<Outcome> =>
    runProcess(['git', ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: home.path } });

  /** A bare repository with one commit; its name. */
  async function aRepository(): Promise<string> {
    const directory = await mkdtemp(join(repositories, 'repository-'));
    await git(directory, 'init', '--bare', '-q', '.');
    const seed = await mkdtemp(join(home.path, 'seed-'));
    await git(seed, 'init', '-q', '.');
    await writeFile(join(seed, 'README.md'), 'Grüße\n');
    await git(seed, 'add', '.');
    await git(seed, 'commit', '-qm', 'first');
    await git(seed, 'push', '-q', directory, 'main');
    return directory.slice(repositories.length);
  }

  describe.each(
    ways(
      () => gateway,
      () => home,
    ),
  )('$name', ({ run }) => {
    test('clones, commits and pushes, large files in chunks, without knowing the token', async () => {
      const repository = await aRepository();
      const cwd = await mkdtemp(join(home.path, 'work-'));
      const asked = upstream.asked.length;
      const outcomes: Outcome[] = [];
      const through = async (directory: string, ...args: string[]): Promise<void> => {
        const outcome = await run('committer', ['git', ...args], { cwd: directory });
        outcomes.push(outcome);
        expect(outcome).toMatchObject({ code: 0 });
      };
      await through(cwd, 'clone', '-q', upstream.origin + repository, 'clone');
      const clone = join(cwd, 'clone');
      expect(readFileSync(join(clone, 'README.md'), 'utf8')).toBe('Grüße\n');

      await writeFile(join(clone, 'large.bin'), LARGE);
      await git(clone, 'add', '.');
      await git(clone, 'commit', '-qm', 'second');
      await through(clone, 'push', '-q', 'origin', 'main');

      await through(cwd, 'clone', '-q', upstream.origin + repository, 'again');
      expect(sha256(readFileSync(join(cwd, 'again', 'large.bin')))).toBe(sha256(LARGE));
      const heads = await Promise.all([
        git(clone, 'rev-parse', 'HEAD'),
        git(repositories + repository, 'rev-parse', 'main'),
      ]);
      expect(heads[1].stdout).toBe(heads[0].stdout);

      const requests = upstream.asked.slice(asked);
      const basic = `Basic ${Buffer.from(`x-access-token:${REAL}`).toString('base64')}`;
      expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set([basic]));
      expect(requests).toContainEqual({
        method: 'POST',
        path: `${repository}/git-receive-pack`,
        authorization: basic,
        chunked: true,
      });
      expect(JSON.stringify(outcomes)).not.toContain(REAL);
      expect(readFileSync(join(clone, '.git', 'config'), 'utf8')).not.toContain(REAL);

      const entries = await gateway.requests(requests.length, `q=${encodeURIComponent(repository)}`);
      // prettier-ignore
      for (const entry of entries) expect(entry).toMatchObject({ agentName: 'Committer', host: GIT_HOST, status: 200,
        decision: 'allowed', secretNames: ['Repository token'] });
      expect(entries.map(({ path }) => path)).toContain(`${repository}/git-receive-pack`);
    });
  });

  test('is told in words when a rule forbids the push', async () => {
    const repository = await aRepository();
    await gateway.aRule({
      name: 'Read only',
      hostPattern: GIT_HOST,
      pathPattern: `${repository}/git-receive-pack`,
      action: 'block',
    });
    const [direct] = ways(
      () => gateway,
      () => home,
    );
    const cwd = await mkdtemp(join(home.path, 'work-'));
    expect(
      (await direct.run('committer', ['git', 'clone', '-q', upstream.origin + repository, 'clone'], { cwd })).code,
    ).toBe(0);
    const clone = join(cwd, 'clone');
    await git(clone, 'commit', '-q', '--allow-empty', '-m', 'second');
    const asked = upstream.asked.length;
    const push = await direct.run('committer', ['git', 'push', 'origin', 'main'], { cwd: clone });
    expect(push.code).not.toBe(0);
    expect(push.stderr).toContain('403');
    expect(upstream.asked.slice(asked).map(({ path }) => path)).not.toContain(`${repository}/git-receive-pack`);
  });

  test("an agent without the secret gets the host's 401 and is not asked for a password", async () => {
    await gateway.anAgent({ name: 'Stranger', identifier: 'stranger' });
    const agents = (await gateway.rest('GET', '/v1/agents')).body as { id: string; identifier: string }[];
    const stranger = agents.find(({ identifier }) => identifier === 'stranger');
    await gateway.rest('PATCH', `/v1/agents/${stranger?.id}/secret-mode`, { mode: 'selective' });
    await gateway.served();
    const repository = await aRepository();
    const [direct] = ways(
      () => gateway,
      () => home,
    );
    const outcome = await direct.run('stranger', ['git', 'clone', '-q', upstream.origin + repository, 'none'], {
      cwd: home.path,
    });
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toContain('terminal prompts disabled');
    const [entry] = await gateway.requests(1, `q=${encodeURIComponent(repository)}`);
    expect(entry).toMatchObject({ agentName: 'Stranger', status: 401, secretNames: [] });
  });
});
