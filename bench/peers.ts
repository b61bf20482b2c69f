import { type ChildProcess, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Bench, program } from './bench.js';
import { freePort, start, startProgram, until } from './running.js';
import type { Target } from './target.js';

/** Closed connections are worth a word to them, and nothing to the bench. */
const QUIETLY = { complains: false };

/** Other intercepting proxies, those that are installed, each with nothing to do but to intercept and pass on. */
export async function startPeers(bench: Bench): Promise<Target[]> {
  const peers = await Promise.all([mitmproxy, squid, mockttp, httpMitmProxy].map((peer) => peer(bench)));
  return peers.filter((peer) => peer !== undefined);
}

async function mitmproxy(bench: Bench): Promise<Target | undefined> {
  if (!isOnPath('mitmdump')) return undefined;
  const port = await freePort();
  const options = [
    `confdir=${bench.scratch('mitmproxy')}`,
    `ssl_verify_upstream_trusted_ca=${bench.certificates.root}`,
  ];
  const args = ['-q', '--listen-host', '127.0.0.1', '--listen-port', String(port)];
  const child = start('mitmdump', [...args, ...options.flatMap((option) => ['--set', option])], { stdio: 'ignore' });
  return listening('mitmproxy', child, port);
}

/** Needs the build with OpenSSL (Debian: squid-openssl). */
async function squid(bench: Bench): Promise<Target | undefined> {
  const generator = '/usr/lib/squid/security_file_certgen';
  if (!isOnPath('squid') || !existsSync(generator)) return undefined;
  const directory = bench.scratch('squid');
  const port = await freePort();
  // As root it becomes another user, who has to come there and write there.
  chmodSync(join(directory, '..'), 0o711);
  chmodSync(directory, 0o777);
  const authority = join(directory, 'authority.pem');
  const { root, rootKey } = bench.certificates;
  writeFileSync(authority, readFileSync(root, 'utf8') + readFileSync(rootKey, 'utf8'));
  copyFileSync(root, join(directory, 'upstream.pem'));
  spawnSync(generator, ['-c', '-s', join(directory, 'leaves'), '-M', '4MB'], { stdio: 'ignore' });
  spawnSync('chmod', ['-R', 'a+rwX', directory]);
  const lines = [
    `http_port 127.0.0.1:${port} ssl-bump cert=${authority} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB`,
    `sslcrtd_program ${generator} -s ${join(directory, 'leaves')} -M 4MB`,
    `tls_outgoing_options cafile=${join(directory, 'upstream.pem')}`,
    ...['acl first at_step SslBump1', 'ssl_bump peek first', 'ssl_bump bump all', 'http_access allow all'],
    ...['cache deny all', 'access_log none', `cache_log ${join(directory, 'cache.log')}`, 'pid_filename none'],
    ...['shutdown_lifetime 0 seconds', `coredump_dir ${directory}`, 'netdb_filename none'],
  ];
  const file = join(directory, 'squid.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return listening('Squid with ssl-bump', start('squid', ['-N', '-f', file], { stdio: 'ignore' }), port);
}

async function mockttp(bench: Bench): Promise<Target | undefined> {
  const module = globalModule('mockttp/dist/main.js');
  if (module === undefined) return undefined;
  const { root, rootKey } = bench.certificates;
  const { pid, ready } = await startProgram(program('peer-mockttp'), [module, root, root, rootKey], QUIETLY);
  return target('mockttp', pid, (ready as { readonly port: number }).port);
}

async function httpMitmProxy(bench: Bench): Promise<Target | undefined> {
  const module = globalModule('http-mitm-proxy/dist/index.js');
  if (module === undefined) return undefined;
  const port = await freePort();
  const args = [module, bench.certificates.root, bench.scratch('http-mitm-proxy'), String(port)];
  const { pid } = await startProgram(program('peer-http-mitm-proxy'), args, QUIETLY);
  return target('http-mitm-proxy', pid, port);
}

async function listening(name: string, { pid }: ChildProcess, port: number): Promise<Target> {
  await until(`${name} listens`, () => answers(port));
  return target(name, pid ?? 0, port);
}

/** The load generator does not verify their leaves. */
function target(name: string, pid: number, port: number): Target {
  return { name, pid, port, token: undefined, caFile: '' };
}

function answers(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

function isOnPath(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** A file of a package that was installed with `npm install -g`. */
function globalModule(path: string): string | undefined {
  const root = spawnSync('npm', ['root', '-g'], { encoding: 'utf8' });
  if (root.status !== 0) return undefined;
  const file = join(root.stdout.trim(), path);
  return existsSync(file) ? file : undefined;
}
