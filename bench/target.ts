import type { ProxyAddress } from './programs/connect-tunnel.js';

/** A proxy that requests can be sent through. */
export interface Target {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Of CONNECT; undefined for proxies that ask for none. */
  readonly token: string | undefined;
  /** The root that its leaves are signed by. */
  readonly caFile: string;
}

/** As curl and hey take it. */
export function proxyUrl({ port, token }: Target): string {
  return `http://${token === undefined ? '' : `x:${token}@`}127.0.0.1:${port}`;
}

export function proxyAddress({ port, token }: Target): ProxyAddress {
  const authorization = token === undefined ? undefined : `Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
  return { port, authorization };
}
