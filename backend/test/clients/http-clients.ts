import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { missingProgram, type Command } from './client-process.js';

/** A client that posts what its standard input holds, with `Authorization: Bearer placeholder`, and tells the answer. */
export interface HttpClient {
  readonly name: string;
  /** Why it has to be passed over on this machine, if it has. */
  readonly passedOver?: string | undefined;
  command(url: string): Command;
  read(stdout: string): ClientAnswer;
}

export interface ClientAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  // Answers of every shape.
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export const program = (name: string): string => join(import.meta.dirname, 'programs', name);

/** The system's before one that a version manager puts in front of it, whose shim wants the home that it was installed in. */
export const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const FIELDS = ['Authorization: Bearer placeholder', 'Content-Type: application/json'];
const json = (stdout: string): ClientAnswer => JSON.parse(stdout) as ClientAnswer;

/** Status, `Retry-After` and body on a line each. */
function lines(stdout: string): ClientAnswer {
  const [status = '', retryAfter = '', ...rest] = stdout.split('\n');
  return {
    status: Number(status),
    retryAfter: retryAfter === '' ? null : retryAfter,
    body: JSON.parse(rest.join('\n')),
  };
}

export const curl: HttpClient = {
  name: 'curl',
  passedOver: missingProgram(['curl']),
  // prettier-ignore
  command: (url) => ['sh', '-c', `curl -sS -D head -o body "$@" && awk 'NR == 1 { print $2 }' head \
    && { grep -i ^retry-after: head | tr -d '\\r' | cut -d' ' -f2 | grep . || echo; } && cat body`, 'curl',
    // The answer to CONNECT comes first in what -D writes.
    '--suppress-connect-headers', '--data-binary', '@-', ...FIELDS.flatMap((field) => ['-H', field]), url],
  read: lines,
};

/** wget is built on GnuTLS in Debian and reads no variable for its roots: the command line or ~/.wgetrc names them. */
export const wget: HttpClient = {
  name: 'wget',
  passedOver: missingProgram(['wget']),
  // prettier-ignore
  command: (url) => ['sh', '-c', `cat > sent; wget -nv -O body --tries=1 --content-on-error -S "--ca-certificate=$SSL_CERT_FILE" \
    --post-file=sent "$@" 2>head; awk '$1 ~ "^HTTP/" { print $2 }' head | tail -1 \
    && { sed -n 's/^ *[Rr]etry-[Aa]fter: //p' head | grep . || echo; } && cat body`, 'wget',
    ...FIELDS.map((field) => `--header=${field}`), url],
  read: lines,
};

const onNode = (name: string, file: string, ...args: string[]): HttpClient => ({
  name,
  command: (url) => [process.execPath, program(file), url, ...args],
  read: json,
});

const onPython = (name: string, file: string, module: string): HttpClient => ({
  name,
  passedOver:
    spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0
      ? undefined
      : `${PYTHON} does not find the module ${module}`,
  command: (url) => [PYTHON, program(file), url],
  read: json,
});

export const nodeFetch = onNode("Node's fetch", 'fetch.mjs');
export const urllib = onPython("Python's urllib", 'urllib_post.py', 'urllib.request');

export const HTTP_CLIENTS: readonly HttpClient[] = [
  curl,
  wget,
  nodeFetch,
  onNode("Node's http and https", 'node-http.mjs'),
  onNode("undici's EnvHttpProxyAgent", 'undici.mjs', 'env'),
  onNode("undici's ProxyAgent", 'undici.mjs', 'proxy'),
  onNode("axios's own proxy support", 'axios.mjs', 'env'),
  onNode('axios with https-proxy-agent', 'axios.mjs', 'agent'),
  urllib,
  onPython("Python's requests", 'requests_post.py', 'requests'),
];
