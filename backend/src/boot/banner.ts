import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.js';

/** Where this process really listens; a part is absent when the role is not served here. */
export interface Addresses {
  readonly adminPort: number | undefined;
  readonly gatewayPort: number | undefined;
}

/** The clone's launcher: from dist/backend/src/boot, four directories up. */
const LAUNCHER = resolve(import.meta.dirname, '../../../..', 'cli/bin/onecli');

/** What a person sees once the program runs. Holds no token. */
export function banner(config: Config, addresses: Addresses): string {
  const lines = ['', 'OneCLI is running.', '', ...places(config, addresses)];
  if (addresses.adminPort !== undefined && existsSync(LAUNCHER))
    lines.push('', ...firstSteps(config, addresses.adminPort));
  return [...lines, '', 'Ctrl-C stops it.', ''].map((line) => (line === '' ? '' : `  ${line}`)).join('\n') + '\n';
}

function places(config: Config, { adminPort, gatewayPort }: Addresses): string[] {
  const shown = (host: string) => (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host);
  return [
    ...(adminPort === undefined ? [] : [`Console   ${consoleUrl(config, adminPort)}`]),
    ...(gatewayPort === undefined ? [] : [`Gateway   http://${shown(config.gateway.host)}:${gatewayPort}`]),
    `Data      ${config.dataDir}`,
  ];
}

function firstSteps(config: Config, adminPort: number): string[] {
  // The command looks at the standard address unless it is told another one.
  const elsewhere = adminPort === 10_254 ? '' : `ONECLI_URL=${consoleUrl(config, adminPort)} `;
  return [
    'Try it, from any directory:',
    `  ${elsewhere}${quoted(LAUNCHER)} run -- curl https://example.com`,
    'To have it as onecli:',
    `  export PATH=${quoted(resolve(LAUNCHER, '..'))}:$PATH`,
  ];
}

function consoleUrl(config: Config, adminPort: number): string {
  const url = new URL(config.admin.publicUrl);
  if (config.admin.port === 0) url.port = String(adminPort);
  return url.origin;
}

/** As a shell takes it, whatever the clone's path holds. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
