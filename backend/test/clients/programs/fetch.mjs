// URL: posts with Node's own fetch; NODE_USE_ENV_PROXY in the environment makes it use the proxy.
import { post } from './post.mjs';

await post(async (url, { headers, body }) => {
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
});
