import { createHash } from 'node:crypto';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tlsOptions } from '../support/upstream.js';
import { API_HOST } from './client-gateway.js';

/** A request as it arrived; its body stands for itself by length and hash, because some are large. */
export interface ArrivedAtApi {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly length: number; readonly sha256: string; readonly text: string };
}

/** An API that a client reaches under a name; it never repeats a credential in an answer. */
export interface ApiUpstream {
  readonly port: number;
  readonly origin: string;
  readonly arrived: ArrivedAtApi[];
  close(): Promise<void>;
}

export type ApiAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  arrived: ArrivedAtApi,
) => void | Promise<void>;

/** Longer bodies are kept by their hash alone. */
const LONGEST_TEXT = 64 * 1024;

/** What the plain clients are answered: their own body back, and nothing of their fields. */
const receipt: ApiAnswer = (_request, response, { method, url, body }) => {
  const { length, sha256 } = body;
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ method, url, length, sha256 }));
};

export async function startApiUpstream(
  answer: ApiAnswer = receipt,
  scheme: 'http' | 'https' = 'https',
): Promise<ApiUpstream> {
  const arrived: ArrivedAtApi[] = [];
  return listening(scheme, API_HOST, arrived, (request, response) => {
    const hash = createHash('sha256');
    let length = 0;
    let text = '';
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      length += chunk.length;
      if (length <= LONGEST_TEXT) text += chunk.toString('utf8');
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const complete = { method, url, headers, body: { length, sha256: hash.digest('hex'), text } };
      arrived.push(complete);
      void answer(request, response, complete);
    });
  });
}

/** A server under a name of the tests' domain. */
export async function listening(
  scheme: 'http' | 'https',
  host: string,
  arrived: ArrivedAtApi[],
  listener: RequestListener,
): Promise<ApiUpstream> {
  const server = scheme === 'https' ? createHttps(tlsOptions(host), listener) : createHttp(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${scheme}://${host}:${port}`,
    arrived,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
