// Opens tunnels, sends one request through each and then holds them open without a byte, until its input ends.
import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { get, openTunnel } from './connect-tunnel.js';

const [count = '0', proxyPort = '0', authorization = '', upstreamPort = '0', caFile = ''] = process.argv.slice(2);
const OPENING_AT_ONCE = 16;
const proxy = { port: Number(proxyPort), authorization: authorization === '' ? undefined : authorization };
const ca = readFileSync(caFile);
const held: TLSSocket[] = [];
const faults = new Map<string, number>();
let left = Number(count);
let lost = 0;

await Promise.all(Array.from({ length: OPENING_AT_ONCE }, openSome));
process.stdout.write(`${JSON.stringify({ open: held.length - lost, faults: Object.fromEntries(faults) })}\n`);
process.stdin.resume().on('end', () => process.exit(0));

async function openSome(): Promise<void> {
  while (left > 0) {
    left -= 1;
    try {
      const tls = await openTunnel(proxy, Number(upstreamPort), ca);
      tls.on('error', () => undefined);
      tls.once('close', () => (lost += 1));
      const status = await get(tls, '/json', `localhost:${upstreamPort}`);
      if (status !== 200) throw new Error(`status ${status}`);
      held.push(tls);
    } catch (error) {
      const text = (error as Error).message;
      faults.set(text, (faults.get(text) ?? 0) + 1);
    }
  }
}
