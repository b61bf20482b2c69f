import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CA_CONTAINER_PATH, type ContainerConfigView } from '../../../libs/contracts/container-config.js';

export const TOKEN = 'aoc_canned0123456789';
export const CANNED_ROOT = '-----BEGIN CERTIFICATE-----\nQ0FOTkVE\n-----END CERTIFICATE-----\n';

export interface CannedControlPlane {
  readonly url: string;
  readonly port: number;
  /** Method and path of each call, oldest first. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

/** Answers a fixed container config and `/healthz`: enough to see what `run` makes of it. `answer` may take over a call. */
export async function cannedControlPlane(
  config: Partial<ContainerConfigView> = {},
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => boolean = () => false,
): Promise<CannedControlPlane> {
  const calls: string[] = [];
  const server = http.createServer((request, response) => {
    calls.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (answer(request, response)) return;
    const { port } = server.address() as AddressInfo;
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/v1/container-config') === true)
      response.end(JSON.stringify({ ...cannedConfig(port), ...config }));
    else if (request.url === '/healthz') response.end('{}');
    else response.writeHead(404).end(JSON.stringify({ error: 'There is nothing here.', code: 'NOT_FOUND' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function cannedConfig(port: number): ContainerConfigView {
  const proxy = `http://x:${TOKEN}@host.docker.internal:${port}`;
  return {
    env: {
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      https_proxy: proxy,
      http_proxy: proxy,
      NO_PROXY: 'localhost',
      no_proxy: 'localhost',
      NODE_EXTRA_CA_CERTS: CA_CONTAINER_PATH,
      SSL_CERT_FILE: CA_CONTAINER_PATH,
      NODE_USE_ENV_PROXY: '1',
      ANTHROPIC_API_KEY: 'placeholder',
    },
    caCertificate: CANNED_ROOT,
    caCertificateContainerPath: CA_CONTAINER_PATH,
  };
}
