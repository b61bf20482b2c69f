import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { UpstreamConnector } from '../../src/gateway/forward/upstream-connection.js';
import { UpstreamGuard } from '../../src/gateway/forward/upstream-guard.js';
import { tlsOptions, upstreamRootPem } from '../support/upstream.js';

/** A name that no name server answers for: only what the guard resolved can lead anywhere. */
const HOST = 'checked.invalid';

describe.each(['http', 'https'] as const)('a connection to an upstream over %s', (scheme) => {
  const server = scheme === 'https' ? createHttps(tlsOptions(HOST)) : createHttp();
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('goes to the very address that the guard has checked, whatever the name resolves to by then', async () => {
    let lookups = 0;
    const guard = new UpstreamGuard(
      [HOST],
      () => [],
      () => {
        lookups += 1;
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    );
    const { port } = server.address() as AddressInfo;
    const trust = createSecureContext({ ca: upstreamRootPem });
    const connector = new UpstreamConnector({ scheme, host: HOST, port }, guard, trust, 5000);
    const socket = await new Promise<Socket>((resolve, reject) => {
      connector.connect({}, (error, connected) => (connected === null ? reject(error) : resolve(connected)));
    });
    expect([socket.remoteAddress, lookups]).toEqual(['127.0.0.1', 1]);
    socket.destroy();
  });
});
