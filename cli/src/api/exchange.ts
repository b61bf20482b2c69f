import http from 'node:http';
import https from 'node:https';

// Agents of their own, without `proxyEnv`: with NODE_USE_ENV_PROXY the global ones (and fetch) would send calls to the
// control plane through HTTP_PROXY, inside `onecli run` even through the gateway.
const plain = new http.Agent();
const secure = new https.Agent();

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout: number;
}

/**
 * Sends one request directly, whatever proxies the environment names.
 * @throws the socket's own error, with `code` such as ECONNREFUSED or ETIMEDOUT
 */
export function send(outgoing: Outgoing): Promise<http.IncomingMessage> {
  const isSecure = outgoing.url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (isSecure ? https : http).request(
      outgoing.url,
      { method: outgoing.method, headers: outgoing.headers, agent: isSecure ? secure : plain },
      (response) => {
        clearTimeout(timer);
        resolve(response);
      },
    );
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, outgoing.timeout);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(outgoing.body);
  });
}

/** @throws when the connection breaks before the body ends */
export async function readBody(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}
