import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium as browsers } from 'playwright-core';

const run = promisify(execFile);
const source = (name: string): string => join(import.meta.dirname, 'tls-clients', name);

/** What a client needs to reach hosts through a gateway whose root it trusts. */
export interface Trust {
  readonly proxyPort: number;
  readonly rootPem: string;
}

/** A program that agents are made of. `get` gives the bodies of `https://HOST/`, joined; it rejects when one is not trusted. */
export interface TlsClient {
  readonly name: string;
  /** Programs that it needs on PATH. */
  readonly needs: readonly string[];
  /** An environment variable that has to be `1`, for what takes long. */
  readonly optIn?: string;
  get(trust: Trust, hosts: readonly string[]): Promise<string>;
}

/** Why a client has to be passed over on this machine, if it has. */
export function passedOver(client: TlsClient): string | undefined {
  if (client.optIn !== undefined && process.env[client.optIn] !== '1') return `${client.optIn}=1 is not set`;
  const program = client.needs.find((needed) => spawnSync('which', [needed]).status !== 0);
  return program === undefined ? undefined : `${program} is not on PATH`;
}

const directories: string[] = [];

/** A directory that {@link removeDirectories} takes away again. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'onecli-tls-'));
  directories.push(directory);
  return directory;
}

export function removeDirectories(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** A directory of one use with the root in it, and an environment in which nothing else is trusted or configured. */
function stage(trust: Trust): {
  directory: string;
  rootFile: string;
  options: { env: NodeJS.ProcessEnv; timeout: number };
} {
  const directory = temporaryDirectory();
  const rootFile = join(directory, 'root.pem');
  writeFileSync(rootFile, trust.rootPem);
  const proxy = `http://127.0.0.1:${trust.proxyPort}`;
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    https_proxy: proxy,
    HTTPS_PROXY: proxy,
    no_proxy: '',
  };
  return { directory, rootFile, options: { env, timeout: 50_000 } };
}

/** A client that is one process a host. */
function perHost(
  name: string,
  argumentsOf: (host: string, rootFile: string, proxyPort: number) => string[],
  env: (rootFile: string) => Record<string, string> = () => ({}),
): TlsClient {
  const get: TlsClient['get'] = async (trust, hosts) => {
    const { rootFile, options } = stage(trust);
    const outputs = [];
    for (const host of hosts) {
      const settings = { ...options, env: { ...options.env, ...env(rootFile) } };
      outputs.push((await run(name, argumentsOf(host, rootFile, trust.proxyPort), settings)).stdout);
    }
    return outputs.join('');
  };
  return { name, needs: [name], get };
}

const curl = perHost('curl', (host, root) => ['-sS', '--cacert', root, `https://${host}/`]);
const wget = perHost('wget', (host, root) => ['-qO-', '--tries=1', `--ca-certificate=${root}`, `https://${host}/`]);

/** Serves as a repository over git's dumb protocol: the body of `/` stands at `/info/refs` too. */
const git = perHost(
  'git',
  (host) => ['ls-remote', `https://${host}/`],
  (root) => ({ GIT_SSL_CAINFO: root }),
);

const openssl: TlsClient = {
  name: 'openssl',
  needs: ['openssl', 'sh'],
  async get(trust, hosts) {
    const { rootFile, options } = stage(trust);
    const outputs = [];
    for (const host of hosts) {
      const address = host.replaceAll(/[[\]]/g, '');
      const verify = /^[0-9.]+$|:/.test(address)
        ? ['-verify_ip', address]
        : ['-verify_hostname', host, '-servername', host];
      // prettier-ignore
      const client = ['s_client', '-quiet', '-proxy', `127.0.0.1:${trust.proxyPort}`, '-connect', `${host}:443`,
        '-CAfile', rootFile, '-x509_strict', '-verify_return_error', ...verify];
      const script = String.raw`printf 'GET / HTTP/1.0\r\nHost: %s\r\n\r\n' "$0" | openssl "$@"`;
      const { stdout } = await run('sh', ['-c', script, host, ...client], options);
      outputs.push(stdout.slice(stdout.indexOf('\r\n\r\n') + 4));
    }
    return outputs.join('');
  },
};

const python = (strictness: 'default' | 'strict'): TlsClient => ({
  name: `Python (${strictness} verification)`,
  needs: ['python3'],
  async get(trust, hosts) {
    const { rootFile, options } = stage(trust);
    return (await run('python3', [source('get.py'), String(trust.proxyPort), rootFile, strictness, ...hosts], options))
      .stdout;
  },
});

const node: TlsClient = {
  name: 'Node',
  needs: [],
  async get(trust, hosts) {
    const { rootFile, options } = stage(trust);
    const env = { ...options.env, NODE_EXTRA_CA_CERTS: rootFile, NODE_USE_ENV_PROXY: '1' };
    return (await run(process.execPath, [source('get.mjs'), ...hosts], { ...options, env })).stdout;
  },
};

const go: TlsClient = {
  name: 'Go',
  needs: ['go'],
  async get(trust, hosts) {
    const { rootFile, options } = stage(trust);
    const env = { ...options.env, GOCACHE: join(tmpdir(), 'onecli-test-go-cache'), CGO_ENABLED: '0', GOPROXY: 'off' };
    const program = ['run', source('get.go'), String(trust.proxyPort), rootFile, ...hosts];
    return (await run('go', program, { ...options, env })).stdout;
  },
};

const java: TlsClient = {
  name: 'Java',
  needs: ['java', 'keytool'],
  async get(trust, hosts) {
    const { directory, rootFile, options } = stage(trust);
    const store = join(directory, 'trust.p12');
    // prettier-ignore
    await run('keytool', ['-importcert', '-noprompt', '-storetype', 'PKCS12', '-keystore', store, '-storepass', 'changeit',
      '-alias', 'root', '-file', rootFile], options);
    const settings = [`-Djavax.net.ssl.trustStore=${store}`, '-Djavax.net.ssl.trustStorePassword=changeit'];
    const program = [...settings, source('Get.java'), String(trust.proxyPort), ...hosts];
    return (await run('java', program, options)).stdout;
  },
};

/** Builds two dozen crates from the registry, so it has to be asked for; keeps what it built. */
const rustls: TlsClient = {
  name: 'rustls',
  needs: ['cargo'],
  optIn: 'ONECLI_TEST_RUSTLS',
  async get(trust, hosts) {
    const { rootFile, options } = stage(trust);
    const target = join(tmpdir(), 'onecli-test-rustls');
    mkdirSync(target, { recursive: true });
    // prettier-ignore
    const program = ['run', '-q', '--manifest-path', source('rustls/Cargo.toml'), '--target-dir', target, '--',
      String(trust.proxyPort), rootFile, ...hosts];
    return (await run('cargo', program, { env: { ...process.env }, timeout: options.timeout * 4 })).stdout;
  },
};

/** Believes roots in the NSS database of its user and none from a flag. */
const chromium: TlsClient = {
  name: 'Chromium',
  needs: ['chromium', 'certutil'],
  async get(trust, hosts) {
    const { directory, rootFile, options } = stage(trust);
    const database = join(directory, '.pki', 'nssdb');
    mkdirSync(database, { recursive: true });
    await run('certutil', ['-N', '-d', `sql:${database}`, '--empty-password'], options);
    await run('certutil', ['-A', '-d', `sql:${database}`, '-t', 'C,,', '-n', 'root', '-i', rootFile], options);
    const browser = await browsers.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--proxy-bypass-list=<-loopback>'],
      proxy: { server: `http://127.0.0.1:${trust.proxyPort}` },
      env: options.env,
    });
    try {
      const page = await browser.newPage();
      const bodies = [];
      for (const host of hosts) bodies.push((await (await page.goto(`https://${host}/`))?.body())?.toString());
      return bodies.join('');
    } finally {
      await browser.close();
    }
  },
};

// prettier-ignore
export const TLS_CLIENTS: readonly TlsClient[] =
  [openssl, curl, wget, git, node, python('default'), python('strict'), go, java, rustls, chromium];
