import { UsageError } from '../failure.js';

/** The name by which a container reaches its host; outside of one it does not resolve. */
const CONTAINER_HOST = 'host.docker.internal';

/**
 * Where the gateway is from here, as `host:port`.
 * @param proxyUrl what the container config says, `http://x:TOKEN@HOST:PORT`
 * @param controlPlane the address at which the control plane just answered: one node serves both
 * @param override `--gateway`; without a port it keeps the config's
 * @throws UsageError for an override that is no host and port
 */
export function gatewayAddress(proxyUrl: string, controlPlane: URL, override: string | undefined): string {
  const proxy = new URL(proxyUrl);
  const port = proxy.port === '' ? '80' : proxy.port;
  if (override !== undefined) return overridden(override, port);
  if (proxy.hostname !== CONTAINER_HOST) return `${proxy.hostname}:${port}`;
  // The gateway listens on IPv4; a client that tries only the first address of localhost would get ::1.
  const host = controlPlane.hostname === 'localhost' ? '127.0.0.1' : controlPlane.hostname;
  return `${host}:${port}`;
}

function overridden(override: string, port: string): string {
  const url =
    /^[^/@?#\s]+$/.test(override) && URL.canParse(`http://${override}`) ? new URL(`http://${override}`) : undefined;
  if (url === undefined)
    throw new UsageError(`--gateway takes a host and a port, as in 127.0.0.1:10255, not "${override}".`);
  const given = /:(\d+)$/.exec(override)?.[1];
  return `${url.hostname}:${given ?? port}`;
}

/** The same proxy address at another host and port. Written by hand: URL drops port 80, and clients then assume 1080. */
export function atAddress(proxyUrl: string, address: string): string {
  const proxy = new URL(proxyUrl);
  const credentials = proxy.username === '' ? '' : `${proxy.username}:${proxy.password}@`;
  return `${proxy.protocol}//${credentials}${address}`;
}
