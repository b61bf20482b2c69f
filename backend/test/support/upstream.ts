import { createServer as createHttp, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { makeLeaf, makeKeyPair, makeRoot } from '../../src/authority/certificates.js';

/** A request as it arrived at the upstream: what the agent's side never sees. */
export interface Arrived {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real HTTPS (or HTTP) server under `localhost` that remembers what arrives. */
export interface Upstream {
  readonly port: number;
  readonly origin: string;
  readonly arrived: Arrived[];
  /** Connections that were ever accepted: a refused request must not even open one. */
  connections: number;
  close(): Promise<void>;
}

const root = makeRoot(new Date());
const keys = makeKeyPair();

/** The authority that signs the upstreams' certificates; give it to the gateway as GATEWAY_EXTRA_CA_CERTS. */
export const upstreamRootPem = root.certificatePem;

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Answers 200 with what arrived, as JSON, unless the test says otherwise. */
export const echo: Answer = (request, response, body) => {
  const text = JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
};

/** Starts an upstream on a free port. With `streaming` the listener gets the request unread. */
export async function startUpstream(
  options: { scheme?: 'http' | 'https'; answer?: Answer; streaming?: RequestListener } = {},
): Promise<Upstream> {
  const scheme = options.scheme ?? 'https';
  const arrived: Arrived[] = [];
  const listener: RequestListener = (request, response) => {
    if (options.streaming !== undefined) {
      options.streaming(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', rawHeaders, headers } = request;
      arrived.push({ method, url, rawHeaders, headers, body });
      (options.answer ?? echo)(request, response, body);
    });
  };
  const server = scheme === 'https' ? createHttps(tlsOptions(), listener) : createHttp(listener);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const upstream: Upstream = {
    port,
    origin: `${scheme}://localhost:${port}`,
    arrived,
    connections: 0,
    close: () => closeServer(server),
  };
  server.on('connection', () => (upstream.connections += 1));
  return upstream;
}

/** Certificate and key for `host`, signed by the upstreams' authority. */
export function tlsOptions(host = 'localhost'): { cert: string; key: string } {
  const leaf = makeLeaf({ root, host, now: new Date(), publicPoint: keys.publicPoint });
  return {
    cert: leaf.certificatePem,
    key: keys.privateKey.export<{ type: 'pkcs8'; format: 'pem' }>({ type: 'pkcs8', format: 'pem' }),
  };
}

function closeServer(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });
}
