// mockttp as a plain intercepting proxy: everything is passed through.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

interface Mockttp {
  getLocal(options: object): {
    start(): Promise<void>;
    forAnyRequest(): { thenPassThrough(options: object): Promise<unknown> };
    readonly port: number;
  };
}

const [module = '', root = '', leafRootCertificate = '', leafRootKey = ''] = process.argv.slice(2);
const mockttp = (await import(pathToFileURL(module).href)) as Mockttp;
const https = { certPath: leafRootCertificate, keyPath: leafRootKey };
const server = mockttp.getLocal({ https, http2: false, recordTraffic: false });
await server.start();
const additionalTrustedCAs = [{ cert: readFileSync(root, 'utf8') }];
await server.forAnyRequest().thenPassThrough({ additionalTrustedCAs });
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
