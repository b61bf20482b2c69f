import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import { listening, type ApiUpstream } from './api-upstream.js';
import { DOMAIN } from './client-gateway.js';

export const GIT_HOST = `git.${DOMAIN}`;

/** What git asked for, in order: method, path, framing, and whether it carried the right credential. */
export interface GitRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly chunked: boolean;
}

export interface GitUpstream extends Pick<ApiUpstream, 'origin' | 'port' | 'close'> {
  readonly asked: GitRequest[];
}

/**
 * Serves the repositories under a directory by git's smart protocol, through git's own CGI program, to who sends
 * `Authorization: Basic` with the given user and password.
 */
export async function startGitUpstream(root: string, user: string, password: string): Promise<GitUpstream> {
  const asked: GitRequest[] = [];
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = await listening('https', GIT_HOST, [], (request, response) => {
    const { method = '', url = '', headers } = request;
    const chunked = headers['transfer-encoding'] === 'chunked';
    asked.push({ method, path: url, authorization: headers.authorization, chunked });
    if (headers.authorization === expected) {
      serve(root, user, request, response);
      return;
    }
    request.resume();
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="repositories"' }).end();
  });
  return { origin: server.origin, port: server.port, asked, close: () => server.close() };
}

function serve(root: string, user: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      HOME: root,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      GIT_PROTOCOL: request.headers['git-protocol']?.toString(),
      // Who is named here may push.
      REMOTE_USER: user,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // git compresses long lists of what it has; a CGI program is given the content itself.
  const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
  body.pipe(backend.stdin).on('error', () => undefined);
  passOn(backend.stdout, response);
}

/** A CGI answer: fields with `Status` among them, an empty line, the body. */
function passOn(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  let begun = false;
  output.on('data', (chunk: Buffer) => {
    if (begun) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    begun = true;
    const fields = head.subarray(0, end).toString('latin1').split('\r\n');
    for (const field of fields) {
      const colon = field.indexOf(':');
      const [name, value] = [field.slice(0, colon), field.slice(colon + 1).trim()];
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
  });
  output.on('end', () => response.end());
}
