import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../root.mjs';

const START_TIMEOUT_MS = 60_000;

/** OneCLI itself, as `npm start` runs it, with its own data directory and ports. Rejects with its log when it doesn't start. */
export async function startOneCli({ folder, environment, api }) {
  const [adminPort, gatewayPort] = await Promise.all([freePort(), freePort()]);
  const roots = join(folder, 'api-root.pem');
  writeFileSync(roots, api.certificate);
  const main = join(root, 'dist/backend/src/main.js');
  const server = spawn(process.execPath, ['--import', join(root, 'scripts/demo/demo-name.mjs'), main], {
    cwd: folder,
    env: {
      ...environment,
      ONECLI_DATA_DIR: join(folder, 'data'),
      ADMIN_PORT: String(adminPort),
      GATEWAY_PORT: String(gatewayPort),
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_EXTRA_CA_CERTS: roots,
      GATEWAY_ALLOW_PRIVATE: api.authority,
      LOG_FORMAT: 'json',
    },
    // The channel tells the server when the demo is gone. A group of its own: Ctrl-C ends it through the demo, in order.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const log = await untilReady(server, ended);
  return {
    url: `http://localhost:${adminPort}`,
    gateway: `127.0.0.1:${gatewayPort}`,
    log,
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
    },
  };
}

/** Resolves with a function that returns the log so far. */
function untilReady(server, ended) {
  let log = '';
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`OneCLI ${why}:\n${log}`));
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      fail('did not start in a minute');
    }, START_TIMEOUT_MS);
    const take = (chunk) => {
      log += chunk;
      if (!log.includes('"msg":"ready"')) return;
      clearTimeout(timer);
      resolve(() => log);
    };
    server.stdout.setEncoding('utf8').on('data', take);
    server.stderr.setEncoding('utf8').on('data', take);
    void ended.then((code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
