// URL KIND: posts with axios, which reads the proxy variables itself, or with https-proxy-agent under it.
import axios from 'axios';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { post } from './post.mjs';

const agent = process.argv[3] === 'agent' ? new HttpsProxyAgent(process.env.HTTPS_PROXY) : undefined;
const settings = agent === undefined ? {} : { proxy: false, httpAgent: agent, httpsAgent: agent };
await post(async (url, { headers, body }) => {
  const all = {
    ...settings,
    headers,
    responseType: 'text',
    transformResponse: (text) => text,
    validateStatus: () => true,
  };
  const response = await axios.post(url, body, all);
  return { status: response.status, retryAfter: response.headers['retry-after'], text: response.data };
});
