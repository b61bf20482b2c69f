import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, isIP } from 'node:net';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { makeKeyPair, makeLeaf, makeRoot, readRoot } from '../../src/authority/certificates.js';
import { keyIdentifier } from '../../src/authority/x509.js';
import type { RootAuthority } from '../../src/authority/root-authority.js';
import { readConfig } from '../../src/config/config.js';
import { LeafCertificates } from '../../src/gateway/mitm/leaf-certificates.js';
import { bodyOf, startInterceptingProxy, type InterceptingProxy } from './intercepting-proxy.js';
import { passedOver, removeDirectories, temporaryDirectory, TLS_CLIENTS } from './tls-clients.js';

const root = makeRoot(new Date());
const leaves = new LeafCertificates(readConfig({ GATEWAY_LEAF_CACHE_SIZE: '10' }), {
  current: () => root,
} as unknown as RootAuthority);
const label = (length: number): string => 'a'.repeat(length);
const HOSTS = [
  'api.example.com',
  'xn--bcher-kva.example',
  `${label(63)}.example.com`,
  [label(63), label(63), label(63), label(57), 'com'].join('.'),
  '127.0.0.1',
  '[::1]',
];

let proxy: InterceptingProxy;
beforeAll(async () => {
  // One host gets another's certificate, to see that the clients look.
  proxy = await startInterceptingProxy((host) =>
    leaves.contextFor(host === 'mistaken.example' ? 'other.example' : host),
  );
});
afterAll(() => proxy.close().finally(removeDirectories));

describe.each(TLS_CLIENTS.map((client) => [client.name, client] as const))('%s', (_name, client) => {
  const trust = () => ({ proxyPort: proxy.port, rootPem: root.certificatePem });
  const reason = passedOver(client);
  if (reason !== undefined) {
    process.stderr.write(`passed over: ${client.name}, for ${reason}\n`);
    it.skip(`is passed over, for ${reason}`, () => undefined);
    return;
  }

  it('accepts the leaves of names, of long names and of addresses', async () => {
    expect(await client.get(trust(), HOSTS)).toBe(HOSTS.map(bodyOf).join(''));
  }, 60_000);

  it('accepts none from another root or for another host', async () => {
    const otherRoot = { ...trust(), rootPem: makeRoot(new Date()).certificatePem };
    await expect(client.get(otherRoot, ['api.example.com'])).rejects.toThrow();
    await expect(client.get(trust(), ['mistaken.example'])).rejects.toThrow();
  }, 60_000);
});

describe('the chain', () => {
  const directory = temporaryDirectory();
  const file = (name: string, pem: string): string => {
    writeFileSync(join(directory, name), pem);
    return join(directory, name);
  };
  const rootFile = file('root.pem', root.certificatePem);
  const verify = (...options: string[]) =>
    spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', rootFile, ...options], { encoding: 'utf8' });
  const { publicPoint } = makeKeyPair();

  it.each(HOSTS)('passes the strict verification of OpenSSL for %s', (host) => {
    const leaf = makeLeaf({ root, host, now: new Date(), publicPoint });
    expect(verify('-purpose', 'sslserver', file('leaf.pem', leaf.certificatePem)).stdout).toMatch(/: OK\n$/);
  });

  it('holds now and an hour ago, not before that and not after a week', () => {
    const now = new Date();
    const leaf = file('timed.pem', makeLeaf({ root, host: 'api.example.com', now, publicPoint }).certificatePem);
    const seconds = Math.floor(now.getTime() / 1000);
    const at = (offset: number) => verify('-attime', String(seconds + offset), leaf).status;
    expect([at(0), at(-3595), at(7 * 86_400 - 5)]).toEqual([0, 0, 0]);
    expect([at(-3605), at(7 * 86_400 + 5)]).not.toContain(0);
  });

  it('ends at leaves: an authority below the root is worth nothing', () => {
    const key = makeKeyPair();
    file('root.key', root.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    file('below.key', key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    file('extensions', extensionsOfAnAuthority(keyIdentifier(key.publicPoint)));
    const openssl = (line: string) => execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'pipe' });
    openssl('req -new -key below.key -subj /CN=below -out below.csr');
    openssl('x509 -req -in below.csr -CA root.pem -CAkey root.key -extfile extensions -days 5 -out below.pem');
    const below = readRoot(readFileSync(join(directory, 'below.pem'), 'utf8'), key.privateKey);
    const order = { root: below, host: 'api.example.com', now: new Date(), publicPoint };
    const leaf = file('far.pem', makeLeaf(order).certificatePem);
    expect(verify('-untrusted', join(directory, 'below.pem'), leaf).stderr).toContain(
      'path length constraint exceeded',
    );
  });
});

function extensionsOfAnAuthority(identifier: Buffer): string {
  const extensions = {
    basicConstraints: 'critical,CA:TRUE',
    keyUsage: 'critical,keyCertSign',
    subjectKeyIdentifier: identifier.toString('hex'),
    authorityKeyIdentifier: 'keyid',
  };
  return Object.entries(extensions)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

describe.each<SecureVersion>(['TLSv1.3', 'TLSv1.2'])('over %s', (version) => {
  it('a session is resumed at the same host, and after its leaf was dropped and minted again', async () => {
    const first = await session(version, 'api.example.com');
    expect(first.reused).toBe(false);
    expect((await session(version, 'api.example.com', first.ticket)).reused).toBe(true);
    for (let i = 0; i < 20; i += 1) leaves.contextFor(`${i}.example`);
    expect((await session(version, 'api.example.com', first.ticket)).reused).toBe(true);
  });

  it('a session of one host does not open another', async () => {
    // Addresses, for OpenSSL itself compares the names of a session and of a handshake; an address is not told in either.
    const { ticket } = await session(version, '127.0.0.1');
    expect((await session(version, '127.0.0.1', ticket)).reused).toBe(true);
    expect((await session(version, '127.0.0.2', ticket)).reused).toBe(false);
  });
});

it('versions below TLS 1.2 are refused', async () => {
  await expect(session('TLSv1.1', 'api.example.com')).rejects.toThrow(
    /protocol version|no protocols|unsupported protocol/i,
  );
});

/** One request through a tunnel; the ticket is what the server gave for the next time. */
async function session(
  version: SecureVersion,
  host: string,
  ticket?: Buffer,
): Promise<{ reused: boolean; ticket: Buffer }> {
  const plain = connectPlain(proxy.port, '127.0.0.1');
  plain.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  await once(plain, 'data');
  const secure = connect({
    // Node's client keeps a session from another host by itself; here it is told of none, to see what the server does.
    ...{ socket: plain, servername: isIP(host) === 0 ? host : '', checkServerIdentity: () => undefined },
    ...{ ca: root.certificatePem },
    ...{ minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' },
    ...(ticket && { session: ticket }),
  });
  return new Promise((resolve, reject) => {
    let latest: Buffer | undefined;
    secure.on('session', (given) => (latest = given));
    secure.on('error', reject);
    secure.on('end', () => resolve({ reused: secure.isSessionReused(), ticket: latest ?? Buffer.alloc(0) }));
    secure.resume().write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  });
}
