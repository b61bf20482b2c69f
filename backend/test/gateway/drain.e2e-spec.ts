import type { ServerResponse } from 'node:http';
import { connectAgent } from '../support/agent-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { openTcp, openTunnel } from '../support/raw-client.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { RequestLogReader } from '../../src/audit/request-log.reader.js';

/** An upstream whose answers the test ends. */
async function startHolding(): Promise<{ upstream: Upstream; held: ServerResponse[] }> {
  const held: ServerResponse[] = [];
  const upstream = await startUpstream({
    streaming: (_request, response) => {
      response.writeHead(200);
      response.write('begun ');
      held.push(response);
    },
  });
  return { upstream, held };
}

const until = async (condition: () => boolean): Promise<void> => {
  for (let i = 0; i < 300 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
};

async function start(
  variables: Record<string, string> = {},
): Promise<{ gateway: TestGateway; upstream: Upstream; held: ServerResponse[] }> {
  const [gateway, holding] = await Promise.all([startGateway(variables), startHolding()]);
  return { gateway, ...holding };
}

describe('at the end', () => {
  it('running exchanges finish, new ones are told to come again, nothing new is accepted', async () => {
    const { gateway, upstream, held } = await start({ GATEWAY_SHUTDOWN_TIMEOUT: '10000' });
    const [running, idle] = [await connectAgent(gateway, upstream), await connectAgent(gateway, upstream)];
    let text = '';
    running.tls.on('data', (chunk: Buffer) => (text += chunk.toString()));
    running.tls.write(`GET /long HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    await until(() => text.includes('begun'));
    let idleClosed = false;
    idle.tls.on('close', () => (idleClosed = true));
    const closing = gateway.close();
    await until(() => idleClosed);
    await expect(openTcp(gateway.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    held[0]?.end('ended');
    await until(() => text.includes('ended'));
    await closing;
    await upstream.close();
  });

  it('an exchange that takes longer than the time limit is cut off', async () => {
    const { gateway, upstream } = await start({ GATEWAY_SHUTDOWN_TIMEOUT: '300' });
    const running = await connectAgent(gateway, upstream);
    let closed = false;
    running.tls.on('close', () => (closed = true));
    running.tls.write(`GET /endless HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    await new Promise((resolve) => running.tls.once('data', resolve));
    await gateway.close();
    await until(() => closed);
    await upstream.close();
  });

  it('a second request on a connection whose first is still running is answered 503, not forwarded', async () => {
    const { gateway, upstream, held } = await start({ GATEWAY_SHUTDOWN_TIMEOUT: '10000' });
    const running = await connectAgent(gateway, upstream);
    let text = '';
    running.tls.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`;
    running.tls.write(request('/first'));
    await until(() => text.includes('begun'));
    const closing = gateway.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
    running.tls.write(request('/second'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(held).toHaveLength(1);
    held[0]?.end('ended');
    await until(() => text.includes('gateway_restarting'));
    expect(text).toMatch(/HTTP\/1\.1 503 [\s\S]*X-Should-Retry: true/);
    await closing;
    await upstream.close();
  });

  it('what was exchanged last is in the log', async () => {
    const gateway = await startGateway();
    const upstream = await startUpstream();
    const agent = await connectAgent(gateway, upstream);
    expect((await agent.send('GET /last')).status).toBe(200);
    const project = await gateway.rest('GET', '/v1/system');
    const { GatewayServer } = await import('../../src/gateway/gateway.server.js');
    await gateway.app.get(GatewayServer, { strict: false }).beforeApplicationShutdown();
    const reader = gateway.app.get(RequestLogReader, { strict: false });
    const scope = { projectId: project.body.projectId as string, includeUnattributed: true };
    for (let i = 0; i < 100; i += 1) {
      const { items } = await reader.list(scope, { q: '/last' }, null, 10);
      if (items.length === 1) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { items } = await reader.list(scope, { q: '/last' }, null, 10);
    expect(items).toHaveLength(1);
    await gateway.close();
    await upstream.close();
  });

  it('a tunnel is not opened any more', async () => {
    const { gateway, upstream, held } = await start({ GATEWAY_SHUTDOWN_TIMEOUT: '10000' });
    const running = await connectAgent(gateway, upstream);
    running.tls.write(`GET /long HTTP/1.1\r\nHost: localhost:${upstream.port}\r\n\r\n`);
    await new Promise((resolve) => running.tls.once('data', resolve));
    const waiting = await openTcp(gateway.port);
    const closing = gateway.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(openTunnel(gateway.port, 'localhost:443', gateway.agent.accessToken)).rejects.toThrow();
    waiting.destroy();
    held[0]?.end();
    await closing;
    await upstream.close();
  });
});
