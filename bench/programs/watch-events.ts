// Reads a stream of events and tells how long after its sending each one came, and whether each came as a chunk of its own.
import { readFileSync } from 'node:fs';
import { openDirect, openTunnel } from './connect-tunnel.js';

const [count = '0', proxyPort = '', authorization = '', upstreamPort = '0', caFile = ''] = process.argv.slice(2);
const ca = readFileSync(caFile);
const port = Number(upstreamPort);
const proxy = { port: Number(proxyPort), authorization: authorization === '' ? undefined : authorization };
const tls = await (proxyPort === '' ? openDirect(port, ca) : openTunnel(proxy, port, ca));
const delays: number[] = [];
let chunks = 0;

tls.write(`GET /events/${count} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
tls.on('data', (data: Buffer) => {
  const now = process.hrtime.bigint();
  const text = data.toString('latin1');
  for (const [, sent = '0'] of text.matchAll(/data: (\d+)\n/g)) delays.push(Number(now - BigInt(sent)) / 1e6);
  // A chunk of its own: one size line for each event.
  chunks += [...text.matchAll(/(?:^|\r\n)[0-9a-f]+\r\ndata: /g)].length;
  if (!text.endsWith('\r\n0\r\n\r\n') && text !== '0\r\n\r\n') return;
  process.stdout.write(`${JSON.stringify({ delays, chunks })}\n`);
  process.exit(0);
});
