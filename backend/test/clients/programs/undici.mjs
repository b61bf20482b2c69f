// URL KIND: posts with undici's EnvHttpProxyAgent or ProxyAgent.
import { EnvHttpProxyAgent, ProxyAgent, request } from 'undici';
import { post } from './post.mjs';

const dispatcher = process.argv[3] === 'env' ? new EnvHttpProxyAgent() : new ProxyAgent(process.env.HTTPS_PROXY);
await post(async (url, { headers, body }) => {
  const response = await request(url, { method: 'POST', headers, body, dispatcher });
  return { status: response.statusCode, retryAfter: response.headers['retry-after'], text: await response.body.text() };
});
await dispatcher.close();
