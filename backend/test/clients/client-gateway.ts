import { createServer, type AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';

/** Under this domain the gateway finds the tests' upstreams. */
export const DOMAIN = 'upstream.test';
export const API_HOST = `api.${DOMAIN}`;

/**
 * Boots OneCLI for clients that are configured as agents are. Two things differ from other tests. The container config says
 * `NO_PROXY=localhost`, and Go passes by every proxy for loopback names whatever is configured: so the upstreams have a name of
 * their own that the gateway resolves and clients never do. And the gateway's port is known before it listens, because the
 * container config names the configured one.
 */
export async function startClientGateway(): Promise<TestGateway> {
  jest.unstable_mockModule('node:dns/promises', () => ({ lookup: lookupOfTheDomain }));
  const { startGateway } = await import('../support/gateway.js');
  return startGateway({
    GATEWAY_PORT: String(await freePort()),
    GATEWAY_ALLOW_PRIVATE: `127.0.0.1,${API_HOST},git.${DOMAIN}`,
  });
}

function lookupOfTheDomain(name: string): Promise<{ address: string; family: 4 }[]> {
  if (name.endsWith(`.${DOMAIN}`)) return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  return Promise.reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
