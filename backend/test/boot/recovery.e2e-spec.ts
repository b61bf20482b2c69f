import { execFile, spawn } from 'node:child_process';
import { chmod, chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { postgresAccount } from '../../src/persistence/postgres-account.js';
import { postgresPrograms } from '../../src/persistence/postgres-cluster.js';
import { freePort } from '../../src/persistence/supervised-postgres.js';
import { PostgresProcess } from '../../src/persistence/postgres-process.js';
import { isRunning, ServerProcess, temporaryDirectory } from '../support/server-process.js';

jest.setTimeout(60_000);

describe('a server that is started and ended', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  const running: ServerProcess[] = [];

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });

  afterEach(async () => {
    for (const server of running.splice(0)) if (isRunning(server.pid)) await server.end('SIGTERM');
    await directory.remove();
  });

  async function start(dataDir = directory.path): Promise<ServerProcess> {
    const server = await ServerProcess.started({ dataDir });
    running.push(server);
    return server;
  }

  async function agentsOf(server: ServerProcess): Promise<string[]> {
    const response = await fetch(`${server.consoleUrl}/v1/agents`);
    const agents = (await response.json()) as { id: string }[];
    return agents.map((agent) => agent.id);
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends with status 0 on %s and takes its database along',
    async (signal) => {
      const server = await start();
      expect((await fetch(`${server.gatewayUrl}/healthz`)).status).toBe(200);
      expect((await fetch(`${server.consoleUrl}/healthz`)).status).toBe(200);
      const postgres = server.postgresPid ?? 0;
      expect(isRunning(postgres)).toBe(true);
      expect(await server.end(signal)).toBe(0);
      expect(isRunning(postgres)).toBe(false);
      expect(server.postgresPid).toBeUndefined();
    },
  );

  it('takes a signal that a terminal and a start script both deliver for one', async () => {
    const server = await start();
    const postgres = server.postgresPid ?? 0;
    // Keeps the orderly stop waiting until the second delivery has come.
    process.kill(postgres, 'SIGSTOP');
    server.signal('SIGINT');
    await pause(300);
    const ended = server.end('SIGINT');
    await pause(300);
    process.kill(postgres, 'SIGCONT');
    expect(await ended).toBe(0);
  });

  it("keeps its database out of reach of a terminal's Ctrl-C, which goes to the whole process group", async () => {
    const server = await start();
    const { stdout } = await promisify(execFile)('ps', [
      '-o',
      'pgid=',
      '-p',
      `${server.pid},${server.postgresPid ?? 0}`,
    ]);
    expect(new Set(stdout.trim().split(/\s+/)).size).toBe(2);
  });

  it('keeps what others must not read closed to them', async () => {
    const server = await start();
    const modes = await Promise.all(
      ['', 'encryption.key', 'postgres', 'postgres.password'].map(async (name) => {
        const { mode } = await stat(join(directory.path, 'data', name));
        return (mode & 0o777).toString(8);
      }),
    );
    expect(modes).toEqual(['700', '600', '700', '600']);
    expect(server.output).not.toContain((await readFile(join(directory.path, 'data/encryption.key'), 'utf8')).trim());
    expect(server.output).not.toContain(
      (await readFile(join(directory.path, 'data/postgres.password'), 'utf8')).trim(),
    );
  });

  it('runs beside another one that has its own data directory', async () => {
    const other = await temporaryDirectory();
    try {
      const [one, two] = [await start(), await start(other.path)];
      expect(await agentsOf(one)).not.toEqual(await agentsOf(two));
      expect(await two.end('SIGTERM')).toBe(0);
      expect(await agentsOf(one)).toHaveLength(1);
    } finally {
      await other.remove();
    }
  });

  it('refuses a data directory that is in use, naming the process, and leaves that one alone', async () => {
    const first = await start();
    const second = await ServerProcess.ended({ dataDir: directory.path });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(
      new RegExp(`^onecli: another OneCLI \\(process ${first.pid}\\) uses .*ONECLI_DATA_DIR\\n$`),
    );
    expect(await agentsOf(first)).toHaveLength(1);
  });

  it('starts again after it was killed, with all that it had', async () => {
    const killed = await start();
    const agents = await agentsOf(killed);
    await killed.end('SIGKILL');
    const next = await start();
    expect(await agentsOf(next)).toEqual(agents);
  });

  it('starts again after it and its database were killed', async () => {
    const killed = await start();
    const agents = await agentsOf(killed);
    const postgres = killed.postgresPid ?? 0;
    killed.signal('SIGSTOP');
    process.kill(postgres, 'SIGKILL');
    await killed.end('SIGKILL');
    const next = await start();
    expect(await agentsOf(next)).toEqual(agents);
  });

  it('stops a database server that a killed start has left, and never runs two', async () => {
    const killed = await start();
    const postgres = killed.postgresPid ?? 0;
    // A stopped server does not end with its parent: it is the one that is left behind.
    process.kill(postgres, 'SIGSTOP');
    await killed.end('SIGKILL');
    const starting = start();
    await pause(500);
    process.kill(postgres, 'SIGCONT');
    const next = await starting;
    expect(isRunning(postgres)).toBe(false);
    expect(next.postgresPid).not.toBe(postgres);
    expect(await agentsOf(next)).toHaveLength(1);
  });

  it('stops a database server that lives on without its owner', async () => {
    const server = await start();
    const agents = await agentsOf(server);
    await server.end('SIGTERM');
    const [{ postgres }, account] = await Promise.all([postgresPrograms(), postgresAccount()]);
    const settings = [
      '-c',
      'unix_socket_directories=',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      `port=${await freePort()}`,
    ];
    const directoryOfCluster = join(directory.path, 'data/postgres');
    const command = account.wrap({ file: postgres, args: ['-D', directoryOfCluster, ...settings] }, 'INT');
    const orphan = await PostgresProcess.start(command, () => undefined);
    const next = await start();
    expect(next.output).toContain(`stopped the database server (process ${orphan.pid})`);
    expect(isRunning(orphan.pid)).toBe(false);
    expect(await agentsOf(next)).toEqual(agents);
  });

  it.each(['a stranger of the same user', 'nobody'])(
    'starts when postmaster.pid holds the number of %s',
    async (whose) => {
      const server = await start();
      const agents = await agentsOf(server);
      const file = join(directory.path, 'data/postgres/postmaster.pid');
      const text = await readFile(file, 'utf8');
      await server.end('SIGTERM');
      const { uid, gid } = await stat(join(directory.path, 'data/postgres'));
      // PostgreSQL takes a living process of its own user for a server.
      const stranger = whose === 'nobody' ? undefined : spawn('sleep', ['60'], { uid, gid });
      try {
        await writeFile(file, text.replace(/^\d+/, String(stranger?.pid ?? 4_194_303)));
        await chown(file, uid, gid);
        await chmod(file, 0o600);
        expect(await agentsOf(await start())).toEqual(agents);
      } finally {
        stranger?.kill();
      }
    },
  );

  it('starts its database again when that is killed, and serves as before', async () => {
    const server = await start();
    const agents = await agentsOf(server);
    const postgres = server.postgresPid ?? 0;
    process.kill(postgres, 'SIGKILL');
    await server.until('the database runs again', () => server.output.includes('runs again'));
    expect(server.postgresPid).not.toBe(postgres);
    await server.until('agents are served', async () => {
      const answer = await fetch(`${server.consoleUrl}/v1/agents`);
      return answer.status === 200;
    });
    expect(await agentsOf(server)).toEqual(agents);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('ends at once on a second signal more than a second after the first', async () => {
    const server = await start();
    const postgres = server.postgresPid ?? 0;
    // A database that cannot end keeps an orderly stop waiting.
    process.kill(postgres, 'SIGSTOP');
    server.signal('SIGTERM');
    await pause(1200);
    expect(await server.end('SIGTERM')).toBe(1);
    process.kill(postgres, 'SIGCONT');
    await start();
  });
});
