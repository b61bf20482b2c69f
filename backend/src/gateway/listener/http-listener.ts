import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Config } from '../../config/config.js';
import { expectProxyHeaders } from './proxied-connections.js';
import { TrustedProxies } from './trusted-proxies.js';

/** What arrives on the port, and inside intercepted tunnels, which are fed back into the same server. */
export interface ListenerEvents {
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  request(request: IncomingMessage, response: ServerResponse): void;
  /** Whether a request that asks for another protocol is given to `upgrade`; if not, it is a `request` like any other. */
  takesUp(request: IncomingMessage): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  unreadable(error: NodeJS.ErrnoException, socket: Duplex): void;
}

/** How often Node looks for heads that take too long to arrive. */
const CHECK_EVERY_MS = 1000;

/**
 * The HTTP/1.1 server with the limits of the contract. Requests with `Expect: 100-continue` come like any other: the
 * pipeline answers 100 itself once the request is allowed. Throws a ConfigError when trusted proxies cannot be read.
 */
export function createListener(config: Config['gateway'], events: ListenerEvents): Server {
  const server = createServer({
    maxHeaderSize: config.maxHeaderBytes,
    headersTimeout: config.headerTimeout,
    // Node would cut off any upload that takes longer in all; silence within a body is watched by the forwarder.
    requestTimeout: 0,
    keepAliveTimeout: config.idleTimeout,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    noDelay: true,
    keepAlive: true,
    insecureHTTPParser: false,
    // Checked with the other fields, so that the refusal is ours and recorded.
    requireHostHeader: false,
    highWaterMark: 64 * 1024,
    shouldUpgradeCallback: (request) => events.takesUp(request),
  });
  // Node drops fields past this number without a word; they are counted in the pipeline instead.
  server.maxHeadersCount = 0;
  server.on('connect', (request, socket, head) => events.connect(request, socket, head));
  server.on('upgrade', (request, socket, head) => events.upgrade(request, socket, head));
  server.on('request', (request, response) => events.request(request, response));
  server.on('checkContinue', (request, response) => events.request(request, response));
  server.on('checkExpectation', (request, response) => events.request(request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => events.unreadable(error, socket));
  const proxies = new TrustedProxies(config.trustedProxies);
  if (!proxies.none) expectProxyHeaders(server, proxies, config.headerTimeout);
  return server;
}
