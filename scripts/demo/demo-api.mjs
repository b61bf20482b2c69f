import { createServer } from 'node:https';
import { selfSignedCertificate } from './certificate.mjs';

/** The name under which the demo's gateway knows the API (demo-name.mjs). */
export const API_NAME = 'api.demo.test';

/**
 * The upstream of the demo: an HTTPS service that answers nobody without its key, and remembers what it saw.
 * `takeSeen()` returns the requests since the last call: { method, path, authorization }.
 */
export async function startDemoApi(apiKey) {
  const { key, certificate } = selfSignedCertificate(API_NAME);
  let seen = [];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const { method, url: path, headers } = request;
    seen.push({ method, path, authorization: headers.authorization });
    const isKnown = headers.authorization === `Bearer ${apiKey}`;
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? { customers: 3, path } : { error: 'who are you?' }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    url: `https://${API_NAME}:${port}`,
    authority: `${API_NAME}:${port}`,
    certificate,
    takeSeen: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
