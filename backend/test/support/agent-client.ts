import type { TLSSocket } from 'node:tls';
import type { TestGateway } from './gateway.js';
import { openTunnel, requestOn, secure, type RawAnswer } from './raw-client.js';
import type { Upstream } from './upstream.js';

/** An agent with a tunnel open to an upstream: what it sends goes over one connection, as raw as the test likes. */
export interface AgentConnection {
  readonly tls: TLSSocket;
  /** `method path`, fields as lines, an optional body. */
  send(requestLine: string, lines?: readonly string[], body?: string): Promise<RawAnswer>;
  close(): void;
}

/** Opens a tunnel to the upstream and TLS inside it. */
export async function connectAgent(
  gateway: TestGateway,
  upstream: Pick<Upstream, 'port'>,
  token = gateway.agent.accessToken,
): Promise<AgentConnection> {
  const authority = `localhost:${upstream.port}`;
  const { socket, status } = await openTunnel(gateway.port, authority, token);
  if (status !== 200) throw new Error(`CONNECT was answered ${status}`);
  const tls = await secure(socket, 'localhost', gateway.ca);
  return {
    tls,
    send: (requestLine, lines = [], body) => {
      const framing = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
      const head = [`${requestLine} HTTP/1.1`, `Host: ${authority}`, ...lines, ...framing].join('\r\n');
      return requestOn(tls, `${head}\r\n\r\n${body ?? ''}`);
    },
    close: () => tls.destroy(),
  };
}
