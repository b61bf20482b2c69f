// The API that all requests of the bench go to. It is a process of its own, so that its CPU time is nobody else's.
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const [leaf = '', key = ''] = process.argv.slice(2);
const MIB = Buffer.alloc(1024 * 1024, 'x');
const CHUNK = MIB.subarray(0, 64 * 1024);
/** Exactly 1 KiB. */
const JSON_BODY = Buffer.from(JSON.stringify({ ok: true, text: 'x'.repeat(1024 - 23) }));
const EVENT_EVERY_MS = 20;

const server = createServer({ cert: readFileSync(leaf), key: readFileSync(key) }, (request, response) => {
  const [, route = '', argument = '0'] = (request.url ?? '/').split('/');
  switch (route) {
    case 'mib':
      answer(response, 'application/octet-stream', MIB);
      break;
    case 'events':
      sendEvents(response, Number(argument));
      break;
    case 'mirror':
      mirror(request, response);
      break;
    default:
      answer(response, 'application/json', JSON_BODY);
      break;
  }
});
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});

function answer(response: ServerResponse, type: string, body: Buffer): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}

/** Each event carries the moment at which it was sent, on the clock that all processes of a machine share. */
function sendEvents(response: ServerResponse, count: number): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.flushHeaders();
  let sent = 0;
  const timer = setInterval(() => {
    if (sent === count || response.destroyed) {
      clearInterval(timer);
      response.end();
      return;
    }
    sent += 1;
    response.write(`data: ${process.hrtime.bigint()}\n\n`);
  }, EVENT_EVERY_MS);
}

/** Gives back as many bytes as come in, while they come in. */
function mirror(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
  request.on('data', (chunk: Buffer) => {
    for (let left = chunk.length; left > 0; left -= CHUNK.length) {
      if (!response.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) request.pause();
    }
  });
  response.on('drain', () => request.resume());
  request.on('end', () => response.end());
}
