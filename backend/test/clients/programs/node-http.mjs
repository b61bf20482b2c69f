// URL: posts with node:https or node:http, whose global agents read the proxy variables under NODE_USE_ENV_PROXY.
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { post } from './post.mjs';

await post(async (url, { headers, body }) => {
  const request = url.startsWith('https:') ? overHttps : overHttp;
  const response = await new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers }, resolve).on('error', reject).end(body);
  });
  return { status: response.statusCode, retryAfter: response.headers['retry-after'], text: await text(response) };
});
