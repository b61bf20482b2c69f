import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { Failure } from '../failure.js';
import type { TrustPaths, Variables } from './run-environment.js';

/** Debian and Alpine, Fedora and RHEL, SUSE, macOS and the BSDs. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Roots that a person has given some client, a company's own for instance: they stay trusted. */
const INHERITED_NAMES = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'NIX_SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
];

const DEFAULT_PLACES = new Set(['localhost:10254', '127.0.0.1:10254']);

export interface TrustFile {
  readonly path: string;
  readonly content: string;
}

/** What has to lie on disk, decided before anything is written. */
export interface TrustPlan extends TrustPaths {
  readonly files: readonly TrustFile[];
  /** Files that the environment names and that could not be read. */
  readonly unreadable: readonly string[];
}

interface TrustSources {
  /** Where the files go: `~/.onecli`. */
  readonly directory: string;
  readonly controlPlane: URL;
  /** PEM; two roots while one replaces the other. */
  readonly gatewayRoots: string;
  readonly inherited: Variables;
  readonly read?: (path: string) => string | undefined;
}

/**
 * Combines roots into files. Each control plane, and each set of roots that the environment adds, has files of its own, so
 * that two instances side by side never change what a running program trusts.
 */
export function planTrust(sources: TrustSources): TrustPlan {
  const read = sources.read ?? readIfThere;
  const named = new Map<string, string | undefined>();
  for (const name of INHERITED_NAMES) {
    const path = sources.inherited[name];
    // Inside another `onecli run` these are files of ours; the system's bundle is in anyway.
    const isNew =
      path !== undefined && path !== '' && !path.startsWith(`${sources.directory}/`) && !SYSTEM_BUNDLES.includes(path);
    if (isNew) named.set(path, read(path));
  }
  const inheritedRoots = [...named.values()].filter((content) => content !== undefined);
  const system = SYSTEM_BUNDLES.map(read).find((content) => content !== undefined) ?? rootCertificates.join('\n');
  const place = DEFAULT_PLACES.has(sources.controlPlane.host)
    ? ''
    : `-${sources.controlPlane.host.replace(/[^A-Za-z0-9.-]+/g, '-')}`;
  const suffix =
    inheritedRoots.length === 0
      ? ''
      : `-${createHash('sha256').update(inheritedRoots.join()).digest('hex').slice(0, 8)}`;
  const at = (name: string): string => join(sources.directory, `${name}.pem`);

  const gateway = { path: at(`gateway-ca${place}`), content: combine([sources.gatewayRoots]) };
  const bundle = {
    path: at(`ca-bundle${place}${suffix}`),
    content: combine([sources.gatewayRoots, system, ...inheritedRoots]),
  };
  const extra = named.get(sources.inherited['NODE_EXTRA_CA_CERTS'] ?? '');
  const adding =
    extra === undefined
      ? gateway
      : { path: at(`extra-ca${place}${suffix}`), content: combine([sources.gatewayRoots, extra]) };
  return {
    adding: adding.path,
    replacing: bundle.path,
    files: [...new Set([gateway, bundle, adding])],
    unreadable: [...named].filter(([, content]) => content === undefined).map(([path]) => path),
  };
}

/** Each certificate once, in order, comments between them dropped. */
export function combine(texts: readonly string[]): string {
  const blocks = texts.flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  );
  return [...new Set(blocks.map((block) => block.replaceAll('\r', '')))].map((block) => `${block}\n`).join('');
}

/**
 * Puts the files in place, each at once and whole: a program that starts meanwhile reads the old or the new one.
 * @throws Failure when the directory cannot be written
 */
export function storeTrust(directory: string, files: readonly TrustFile[]): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const { path, content } of files) {
      if (readIfThere(path) === content) continue;
      const beside = `${path}.${process.pid}`;
      writeFileSync(beside, content, { mode: 0o600 });
      renameSync(beside, path);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`The gateway's certificate could not be written to ${directory} (${why}).`, 'error', [
      'Set HOME to a directory that can be written, or add --no-ca where the gateway is trusted already.',
    ]);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
