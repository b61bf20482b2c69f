// http-mitm-proxy as it comes, with connections to upstreams kept alive.
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { pathToFileURL } from 'node:url';

interface HttpMitmProxy {
  readonly Proxy: new () => {
    onError(listener: () => void): void;
    listen(options: object, listening: () => void): void;
    readonly httpPort: number;
  };
}

const [module = '', root = '', directory = '', port = '0'] = process.argv.slice(2);
const { Proxy } = (await import(pathToFileURL(module).href)) as HttpMitmProxy;
const httpsAgent = new Agent({ keepAlive: true, ca: readFileSync(root) });
const proxy = new Proxy();
// What goes wrong is answered by it, and then seen by the load generator.
proxy.onError(() => undefined);
const options = { host: '127.0.0.1', port: Number(port), sslCaDir: directory, keepAlive: true, httpsAgent };
proxy.listen(options, () => process.stdout.write(`${JSON.stringify({ port: Number(port) })}\n`));
