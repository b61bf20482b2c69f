import { has } from './demo-cli.mjs';

const PYTHON = `
import json, sys, urllib.error, urllib.request
request = urllib.request.Request(sys.argv[2], method=sys.argv[1])
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    answer = error
print(json.dumps({"status": answer.status, "retryAfter": answer.headers["Retry-After"], "body": json.load(answer)}))
`;

const NODE = `
const [method, url] = process.argv.slice(1);
const answer = await fetch(url, { method });
const retryAfter = answer.headers.get('retry-after');
console.log(JSON.stringify({ status: answer.status, retryAfter, body: await answer.json() }));
`;

/**
 * HTTP clients of this machine, none of them prepared for OneCLI. `command(method, url)` is what runs, `shown(method, url)` what
 * the story prints, and `read(stdout)` turns its output into { status, retryAfter, body }.
 */
export function clients(environment) {
  const all = [
    {
      name: 'curl',
      isThere: has('curl', environment),
      command: (method, url) => ['curl', '-sS', '-i', '--suppress-connect-headers', '-X', method, url],
      shown: (method, url) => `curl ${method === 'GET' ? '' : `-X ${method} `}${url}`,
      read: readCurl,
    },
    {
      name: 'Node.js fetch',
      isThere: true,
      command: (method, url) => [process.execPath, '--input-type=module', '-e', NODE, method, url],
      shown: (method, url) => `node -e "fetch('${url}'${method === 'GET' ? '' : `, { method: '${method}' }`})"`,
      read: JSON.parse,
    },
    {
      name: 'Python urllib',
      isThere: has('python3', environment),
      command: (method, url) => ['python3', '-c', PYTHON, method, url],
      shown: (method, url) =>
        `python3 -c "urlopen(${method === 'GET' ? `'${url}'` : `Request('${url}', method='${method}')`})"`,
      read: JSON.parse,
    },
  ];
  return all.filter((client) => client.isThere);
}

function readCurl(output) {
  const [head, ...body] = output.split('\r\n\r\n');
  const status = Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]);
  const retryAfter = /^retry-after: *(.*)$/im.exec(head)?.[1]?.trim() ?? null;
  return { status, retryAfter, body: JSON.parse(body.join('\r\n\r\n')) };
}
